// Every code has a text and a remedy in both languages.
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ERROR_STATUS } from '../../api/errors.ts'
import { hints, hintText } from '../../locales/hints.ts'
import { askingText, negotiateLocale, reasonText, texts } from '../../locales/texts.ts'

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

const ROOMS = ['activities', 'api', 'channels', 'domain', 'messaging', 'net', 'workflows']
/** Each way in which code of ours names a reason. */
const NAMED = [
  /\breason(?::|\s=|\s\?\?|\s===|\s!==) '([a-z_]+)'/g,
  /\breason = \w+ \? '([a-z_]+)'/g,
  /\breason = \w+ \? '[a-z_]+' : '([a-z_]+)'/g,
  /\bcode(?::|\s=) '([a-z_]+)'/g,
  /'(?:ActionRequired|Unavailable|RateLimited|MessageRejected|ReauthorizationRequired|CursorLost)',\s*'([a-z_]+)'/g,
  /(?:InvalidSettings|invalidField)\(\s*[^,]+,\s*'([a-z_]+)'/g,
  /\bfailed\(\w+, \w+, '([a-z_]+)'/g,
  /\bfailed\('([a-z_]+)'\)/g,
  /\bendRun\([^()]*'([a-z_]+)'\)/g,
  /\bpoison\([^'()]*'([a-z_]+)'/g,
]

test('every reason that anything of ours can give has a text', () => {
  const known: Record<string, unknown> = { ...texts.en.reasons, ...hints }
  const errors = texts.en.errors as Record<string, unknown>
  const found = new Map<string, string>()
  for (const file of globSync(`{${ROOMS.join(',')}}/**/*.ts`, { cwd: root })) {
    const source = readFileSync(join(root, file), 'utf8')
    for (const pattern of NAMED) {
      for (const [, code = ''] of source.matchAll(pattern)) found.set(code, file)
    }
  }
  const causes = readFileSync(join(root, 'channels/mail/causes.ts'), 'utf8')
  for (const [, list = ''] of causes.matchAll(/: \[([^\]]*)\]/g)) {
    for (const [, cause = ''] of list.matchAll(/'([a-z_]+)'/g)) found.set(cause, 'causes.ts')
  }
  const advice = readFileSync(join(root, 'channels/email/discovery/candidate.ts'), 'utf8')
  for (const [, code = ''] of advice.matchAll(/^ {2}\| '([a-z_]+)'$/gm)) {
    found.set(code, 'candidate.ts')
  }
  // The search itself: one of each room and kind, so that it cannot find nothing and pass.
  for (const code of [
    'worker_lost',
    'gave_up',
    'bounced',
    'bot_unreachable',
    'stale',
    'agent_not_found',
    'certificate',
    'recipient_refused',
    'host_misspelled',
    'not_a_port',
    'not_a_time_zone',
    'not_understood',
    'attachment_gone',
    'draft_expired',
    'stalled',
    'confirm_servers',
  ]) {
    expect([...found.keys()]).toContain(code)
  }
  const missing = [...found].filter(([code]) => !(code in known) && !(code in errors))
  expect(missing).toEqual([])
})

test('a likely cause is said as a possibility, with a remedy, in both languages', () => {
  const advice = ['sign_in_with_google', 'sign_in_with_microsoft', 'confirm_servers']
  for (const code of Object.keys(hints)) {
    for (const [locale, hedge] of [
      ['en', /\bmay\b/],
      ['pt-BR', /\btalvez\b/],
    ] as const) {
      const [message, remedy] = hintText(code, locale)
      expect(message, code).toMatch(/\S\.$/)
      expect(remedy, code).toMatch(/\S\.$/)
      if (!advice.includes(code)) expect(message, code).toMatch(hedge)
    }
  }
})

test('where a person has to act no remedy says that we try again', () => {
  for (const locale of ['en', 'pt-BR'] as const) {
    const promises = /\bwe (?:try|go on)\b|\b(?:tentamos|tentaremos|continuamos)\b/i
    const reasons = Object.keys(texts.en.reasons)
    const promising = reasons.filter((code) => promises.test(reasonText(code, locale)[1]))
    expect(promising).toContain('timeout')
    for (const code of reasons) expect(askingText(code, locale)[1], code).not.toMatch(promises)
  }
})

test('the language is the wanted one of those we have, else the account’s', () => {
  expect(negotiateLocale(undefined, 'pt-BR')).toBe('pt-BR')
  expect(negotiateLocale('fr, en;q=0.5, pt;q=0.8', 'en')).toBe('pt-BR')
  expect(negotiateLocale('en-US,pt;q=0.9', 'pt-BR')).toBe('en')
  expect(negotiateLocale('fr', 'en')).toBe('en')
  expect(negotiateLocale('pt;q=0', 'en')).toBe('en')
})
