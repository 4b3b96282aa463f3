// Every code has a text and a remedy in both languages.
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ERROR_STATUS } from '../../api/errors.ts'
import { negotiateLocale, texts } from '../../locales/texts.ts'

const root = join(import.meta.dirname, '../..')

test('both languages have the same keys, each with words', () => {
  for (const group of ['errors', 'reasons', 'phrases'] as const) {
    expect(Object.keys(texts['pt-BR'][group])).toEqual(Object.keys(texts.en[group]))
  }
  for (const { errors, reasons } of Object.values(texts)) {
    for (const [message, remedy] of Object.values({ ...errors, ...reasons })) {
      expect(message).toMatch(/\S.*[.?]$/)
      expect(remedy).toMatch(/\S/)
    }
  }
})

test('every error of the catalogue has a text, and every text an error', () => {
  expect(Object.keys(texts.en.errors).sort()).toEqual(Object.keys(ERROR_STATUS).sort())
})

test('every reason and cause that a channel can give has a text', () => {
  const known = new Set(Object.keys(texts.en.reasons))
  const missing: string[] = []
  for (const file of globSync('channels/**/{errors,causes,settings,send,receive}.ts', {
    cwd: root,
  })) {
    const source = readFileSync(join(root, file), 'utf8')
    const reasons = [
      ...source.matchAll(/reason: '([a-z_]+)'/g),
      ...source.matchAll(
        /\['(?:ActionRequired|Unavailable|RateLimited|MessageRejected|ReauthorizationRequired)', '([a-z_]+)'\]/g,
      ),
      ...source.matchAll(/InvalidSettings\([^)]*, '([a-z_]+)'\)/g),
    ]
    for (const [, reason = ''] of reasons)
      if (!known.has(reason)) missing.push(`${file}: ${reason}`)
  }
  const causes = readFileSync(join(root, 'channels/email/causes.ts'), 'utf8')
  for (const [, list = ''] of causes.matchAll(/: \[([^\]]*)\]/g)) {
    for (const [, cause = ''] of list.matchAll(/'([a-z_]+)'/g)) {
      if (!known.has(cause)) missing.push(`causes.ts: ${cause}`)
    }
  }
  expect(missing).toEqual([])
})

test('the language is the wanted one of those we have, else the account’s', () => {
  expect(negotiateLocale(undefined, 'pt-BR')).toBe('pt-BR')
  expect(negotiateLocale('fr, en;q=0.5, pt;q=0.8', 'en')).toBe('pt-BR')
  expect(negotiateLocale('en-US,pt;q=0.9', 'pt-BR')).toBe('en')
  expect(negotiateLocale('fr', 'en')).toBe('en')
  expect(negotiateLocale('pt;q=0', 'en')).toBe('en')
})
