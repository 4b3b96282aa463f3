// A mail read from its structure and text parts equals the mail read whole. The structures and parts
// in fixtures/ were answered by Dovecot 2.3.19 to imapflow for the mails of the corpus.
import { readFileSync } from 'node:fs'
import type { MessageStructureObject } from 'imapflow'
import { expect, test } from 'vitest'
import { bodyStart } from '../../../protocols/mime/headers.ts'
import { assembleMail, planLargeMail } from '../../../protocols/mime/large-mail.ts'
import { parseMail } from '../../../protocols/mime/parse-mail.ts'
import { corpus } from './corpus.ts'

interface Recorded {
  name: string
  structure: MessageStructureObject
  /** Base64 by part number. */
  parts: Record<string, string>
}

const NOW = Date.UTC(2026, 10, 1)
const file = new URL('fixtures/dovecot-structures.json', import.meta.url)
const recorded = JSON.parse(readFileSync(file, 'utf8')) as Recorded[]

test.each(recorded)('equals the mail read whole: $name', async ({ name, structure, parts }) => {
  const { raw } = corpus.find((mail) => mail.name === name)!
  const start = bodyStart(raw, 0, raw.length)
  const plan = planLargeMail(structure)
  expect(plan.textParts.map(({ part }) => part).sort()).toEqual(Object.keys(parts).sort())
  const bytes = new Map(
    Object.entries(parts).map(([part, base64]) => [part, Buffer.from(base64, 'base64')]),
  )
  const headers = raw.subarray(0, start === -1 ? raw.length : start)
  const assembled = assembleMail(headers, bytes, plan, NOW)
  const whole = await parseMail(raw, NOW)
  const withoutContent = whole.attachments.map((attachment) => ({
    ...attachment,
    content: null,
    size: expect.any(Number),
  }))
  expect(assembled).toEqual({ ...whole, attachments: withoutContent })
})

test('a mail of a hundred megabytes is planned from its structure alone', () => {
  const plan = planLargeMail({
    type: 'multipart/mixed',
    childNodes: [
      {
        part: '1',
        type: 'text/plain',
        encoding: 'BASE64',
        size: 400,
        parameters: { charset: 'utf-8' },
      },
      {
        ...{ part: '2', type: 'video/mp4', encoding: 'base64', size: 107_374_182 },
        ...{ disposition: 'attachment', dispositionParameters: { filename: 'vídeo.mp4' } },
      },
    ],
  })
  expect(plan.textParts).toEqual([
    { part: '1', contentType: 'text/plain', charset: 'utf-8', encoding: 'base64', size: 400 },
  ])
  expect(plan.attachments).toMatchObject([{ part: '2', fileName: 'vídeo.mp4', content: null }])
  expect(plan.attachments[0]!.size / 1e6).toBeCloseTo(78.5, 0)
})

test('a text part cut short still gives the same contentHash', async () => {
  const text = 'Olá, tudo bem? '.repeat(4000)
  const headers = Buffer.from('Subject: x\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n')
  const whole = await parseMail(Buffer.concat([headers, Buffer.from(text)]), NOW)
  const plan = planLargeMail({ type: 'text/plain', parameters: { charset: 'utf-8' }, size: 60_000 })
  const cut = new Map([['1', Buffer.from(text).subarray(0, 20_001)]])
  expect(assembleMail(headers, cut, plan, NOW).contentHash).toBe(whole.contentHash)
})
