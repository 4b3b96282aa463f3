// A thousand odd mails: none throws, none loses a piece, each is understood the same way every time,
// and by postal-mime's own reading wherever the fast walk dares to read it.
import PostalMime, { type Attachment } from 'postal-mime'
import { expect, test } from 'vitest'
import { parseMail } from '../../../protocols/mime/parse-mail.ts'
import type { ParsedMail } from '../../../protocols/mime/parsed-mail.ts'
import { parseWithPostalMime } from '../../../protocols/mime/postal.ts'
import { fastWalk } from '../../../protocols/mime/walk.ts'
import { type OddMail, oddMails } from './odd-mails.ts'

const NOW = Date.UTC(2026, 10, 1)
const SEED = Number(process.env.SEED ?? 7)
const mails = [...oddMails(1000, SEED)]

/** What a failing test shows of a mail. */
const shown = (mail: OddMail, n: number) =>
  `seed ${SEED}, mail ${n}: ${mail.oddities.join(', ')}\n${mail.raw.toString('latin1').slice(0, 3000)}`

test('the same seed writes the same thousand mails, no two alike', () => {
  const again = [...oddMails(1000, SEED)]
  expect(again.every(({ raw }, n) => raw.equals(mails[n]!.raw))).toBe(true)
  expect(new Set(mails.map(({ raw }) => raw.toString('latin1'))).size).toBe(1000)
  expect(mails.filter(({ oddities }) => oddities.length > 2).length).toBeGreaterThan(300)
})

test('no piece of any mail is lost', async () => {
  for (const [n, odd] of mails.entries()) {
    const mail = await parseMail(odd.raw, NOW)
    const found = everythingIn(mail)
    const lost = odd.marks.filter((mark) => !found.includes(mark))
    expect(lost, shown(odd, n)).toEqual([])
  }
})

test('each mail is understood the same way twice, in text that Postgres and JSON accept', async () => {
  for (const [n, odd] of mails.entries()) {
    const mail = await parseMail(odd.raw, NOW)
    expect(await parseMail(Buffer.from(odd.raw), NOW), shown(odd, n)).toEqual(mail)
    const json = JSON.stringify({ ...mail, attachments: mail.attachments.map(withoutContent) })
    expect(json, shown(odd, n)).not.toMatch(/\\u0000|\\ud[89a-f]/i)
  }
})

test('the fast walk reads most of them, and as the patient reading does', async () => {
  let fast = 0
  for (const [n, odd] of mails.entries()) {
    const mail = fastWalk(odd.raw, NOW)
    if (mail === undefined) continue
    fast += 1
    const patient = await parseWithPostalMime(odd.raw, NOW)
    expect(comparable(mail), shown(odd, n)).toEqual(comparable(patient))
  }
  expect(fast).toBeGreaterThan(600)
})

// Which texts are files is a matter of taste, what a file holds is not.
test('postal-mime itself finds the same files', async () => {
  for (const [n, odd] of mails.entries()) {
    const mail = fastWalk(odd.raw, NOW)
    if (mail === undefined) continue
    const email = await PostalMime.parse(odd.raw, { forceRfc822Attachments: true })
    const theirs = email.attachments
      .filter(({ mimeType }) => !mimeType.startsWith('text/plain'))
      .map(({ content }) => lines(bytesOf(content)))
    const ours = mail.attachments
      .filter(({ contentType }) => contentType !== 'text/plain')
      .map(({ content }) => lines(content!))
    expect(ours, shown(odd, n)).toEqual(theirs)
  }
})

function bytesOf(content: Attachment['content']): Buffer {
  return typeof content === 'string' ? Buffer.from(content) : Buffer.from(content as ArrayBuffer)
}

function everythingIn(mail: ParsedMail): string {
  const files = mail.attachments.map(({ content }) => content?.toString('latin1') ?? '')
  return [mail.text, mail.html ?? '', ...files].join('\n')
}

function withoutContent({ content: _, ...rest }: ParsedMail['attachments'][number]) {
  return rest
}

// postal-mime rewrites the line ends of parts that are not encoded.
function comparable(mail: ParsedMail) {
  const attachments = mail.attachments.map(({ content, size: _, ...rest }) => ({
    ...rest,
    content: lines(content!),
  }))
  return { ...mail, attachments }
}

function lines(bytes: Buffer): string {
  return bytes.toString('latin1').replaceAll('\r\n', '\n').trimEnd()
}
