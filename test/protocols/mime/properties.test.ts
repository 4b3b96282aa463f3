// Laws that hold for any input: what was encoded comes back, and nothing makes a reader throw.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseAddresses } from '../../../protocols/mime/addresses.ts'
import { decodeText } from '../../../protocols/mime/charset.ts'
import { decodeWords } from '../../../protocols/mime/encoded-words.ts'
import { parseStructured } from '../../../protocols/mime/parameters.ts'
import { parseMail } from '../../../protocols/mime/parse-mail.ts'
import { decodeBase64, decodeQuotedPrintable } from '../../../protocols/mime/transfer-encoding.ts'
import { fastWalk } from '../../../protocols/mime/walk.ts'
import {
  encodeWords,
  multipart,
  textEntity,
  writeMail,
} from '../../../scripts/sample-mails/mime-writer.ts'
import { sampleMails } from '../../../scripts/sample-mails/sample-mails.ts'

const line = fc
  .string({ unit: 'grapheme', maxLength: 200 })
  .map((text) => text.replace(/[\p{Cc}\p{Zl}\p{Zp}\ufeff]/gu, '').toWellFormed())
const encoding = fc.constantFrom('Q' as const, 'B' as const)
const transfer = fc.constantFrom('quoted-printable' as const, 'base64' as const, '8bit' as const)

test('any text survives encoded words, folded wherever the writer likes', () => {
  fc.assert(
    fc.property(line, encoding, (text, how) => {
      fc.pre(!text.includes('=?'))
      const header = encodeWords(text, 'utf-8', how).replaceAll('\r\n', '')
      expect(decodeWords(header)).toBe(text)
    }),
  )
})

test('bytes split over encoded words in the middle of a character come back whole', () => {
  fc.assert(
    fc.property(line, fc.nat(), (text, at) => {
      const bytes = Buffer.from(text)
      const cut = bytes.length === 0 ? 0 : at % bytes.length
      const words = [bytes.subarray(0, cut), bytes.subarray(cut)]
        .map((piece) => `=?utf-8?B?${piece.toString('base64')}?=`)
        .join(' ')
      expect(decodeWords(words)).toBe(text)
    }),
  )
})

test('any bytes survive base64 with line breaks anywhere', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 300 }),
      fc.integer({ min: 1, max: 90 }),
      (bytes, width) => {
        const text = Buffer.from(bytes).toString('base64')
        const folded = text.match(new RegExp(`.{1,${width}}`, 'g'))?.join('\r\n') ?? ''
        expect([...decodeBase64(Buffer.from(folded))]).toEqual([...bytes])
      },
    ),
  )
})

test('any text survives every transfer encoding inside any boundary', () => {
  const boundary = fc.stringMatching(/^[A-Za-z0-9'()+_,./:=?-]{1,60}$/)
  fc.assert(
    fc.property(fc.array(line, { maxLength: 8 }), transfer, boundary, (rows, how, mark) => {
      const text = rows.join('\n')
      fc.pre(!text.includes(`--${mark}`))
      const part = textEntity('plain', text, { charset: 'utf-8', transfer: how })
      const mail = fastWalk(writeMail(['Subject: x'], multipart('mixed', mark, [part])))
      expect(squash(mail?.text ?? 'not recognised')).toBe(squash(text))
    }),
  )
})

test('any quoted name and address come back from an address list', () => {
  const name = line
    .map((text) => text.replace(/\s+/g, ' ').trim())
    .filter((text) => !/^'.*'$/.test(text))
  fc.assert(
    fc.property(fc.array(name, { minLength: 1, maxLength: 5 }), (names) => {
      fc.pre(names.every((text) => !text.includes('=?')))
      const list = names
        .map((text, i) => `"${text.replace(/["\\]/g, '\\$&')}" <p${i}@x.example>`)
        .join(', ')
      expect(parseAddresses(list)).toEqual(
        names.map((text, i) => ({
          name: text === `p${i}@x.example` ? '' : text,
          address: `p${i}@x.example`,
        })),
      )
    }),
  )
})

test('any quoted parameter comes back', () => {
  fc.assert(
    fc.property(line, (text) => {
      const value = text.replace(/["\\]/g, '\\$&')
      expect(parseStructured(`a/b; name="${value}"; x=y`).parameters.get('name')).toBe(text)
    }),
  )
})

test('random bytes and mutilated mails never make a reader throw', async () => {
  const samples = [...sampleMails({ count: 40, seed: 5, attachmentBytes: 300 })].map((m) => m.raw)
  const cut = fc.record({
    which: fc.nat(39),
    at: fc.nat(),
    drop: fc.nat(400),
    junk: fc.uint8Array(),
  })
  await fc.assert(
    fc.asyncProperty(cut, async ({ which, at, drop, junk }) => {
      const raw = samples[which]!
      const from = at % raw.length
      const broken = Buffer.concat([raw.subarray(0, from), junk, raw.subarray(from + drop)])
      for (const source of [broken, Buffer.from(junk)]) {
        const mail = await parseMail(source)
        expect(mail.contentHash).toMatch(/^[0-9a-f]{64}$/)
        expect(JSON.stringify({ ...mail, attachments: [] })).not.toMatch(/\\u0000|\\ud[89a-f]/)
      }
    }),
    { numRuns: 300 },
  )
})

test('any charset label decodes any bytes to well-formed text without NUL', () => {
  const label = fc.oneof(
    fc.string(),
    fc.constantFrom('utf-16', 'utf-7', 'hz-gb-2312', 'iso-2022-kr', 'gb18030', '__proto__', 'hex'),
  )
  fc.assert(
    fc.property(label, fc.uint8Array(), (charset, bytes) => {
      const text = decodeText(Buffer.from(bytes), charset)
      expect(text.isWellFormed() && !text.includes('\0')).toBe(true)
      decodeQuotedPrintable(Buffer.from(bytes))
    }),
  )
})

function squash(text: string): string {
  return text.replace(/\s+/g, ' ').trim()
}
