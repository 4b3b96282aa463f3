// The fast walk against postal-mime: on mails the walk accepts, both must say the same.
import PostalMime, { type Attachment } from 'postal-mime'
import { expect, test } from 'vitest'
import type { ParsedMail } from '../../../protocols/mime/parsed-mail.ts'
import { parseWithPostalMime } from '../../../protocols/mime/postal.ts'
import { fastWalk } from '../../../protocols/mime/walk.ts'
import { sampleMails } from '../../../scripts/sample-mails/sample-mails.ts'
import { corpus } from './corpus.ts'

const NOW = Date.UTC(2026, 11, 1)
const samples = [...sampleMails({ count: 400, seed: 11, attachments: 0.3, htmlOnly: 0.2 })]

test('the walk reads every sample as the generator meant it', () => {
  for (const { raw, expected } of samples) {
    const mail = fastWalk(raw, NOW)
    expect(mail).toBeDefined()
    const { messageId, subject, date, nature, from, inReplyTo, attachments } = mail!
    expect({ messageId, subject, date, nature }).toEqual({
      messageId: expected.messageId,
      subject: expected.subject,
      date: expected.date,
      nature: expected.nature,
    })
    expect(from).toEqual(expected.from)
    expect(inReplyTo[0] ?? null).toBe(expected.inReplyTo)
    expect(attachments.map(({ fileName }) => fileName)).toEqual(expected.attachmentNames)
    expect(squash(mail!.text)).toBe(expected.text)
  }
})

test('the walk and postal-mime itself agree on the samples', async () => {
  for (const { raw } of samples) {
    const mail = fastWalk(raw, NOW)!
    const email = await PostalMime.parse(raw, { forceRfc822Attachments: true })
    expect(mail.subject).toBe(squash(email.subject ?? ''))
    expect(mail.from).toEqual(lowerDomain(email.from))
    expect(mail.to).toEqual((email.to ?? []).map(lowerDomain))
    expect(mail.date?.toISOString()).toBe(email.date)
    expect(mail.messageId ?? '').toBe((email.messageId ?? '').replace(/[<>]/g, ''))
    expect(squash(mail.html ?? '')).toBe(squash(email.html ?? ''))
    if (email.text !== undefined) expect(squash(mail.text)).toBe(squash(email.text))
    expect(mail.attachments.map(({ contentType }) => contentType)).toEqual(
      email.attachments.map(({ mimeType }) => mimeType),
    )
    for (const [i, { content, fileName }] of mail.attachments.entries()) {
      const theirs = email.attachments[i]!
      if (theirs.filename !== null) expect(fileName).toBe(theirs.filename)
      expect(sameBytes(content!, bytesOf(theirs))).toBe(true)
    }
  }
})

test.each(corpus.filter(({ handedOver, postalDiffers }) => !handedOver && !postalDiffers))(
  'both readings give one ParsedMail: $name',
  async ({ raw }) => {
    expect(comparable(fastWalk(raw, NOW)!)).toEqual(comparable(await parseWithPostalMime(raw, NOW)))
  },
)

test('both readings of the samples give one contentHash', async () => {
  for (const { raw } of samples) {
    const patient = await parseWithPostalMime(raw, NOW)
    expect(comparable(fastWalk(raw, NOW)!)).toEqual(comparable(patient))
  }
})

// postal-mime rewrites line ends of identity-encoded parts and ends them with one.
function comparable(mail: ParsedMail) {
  const attachments = mail.attachments.map(({ content, size: _, ...rest }) => ({
    ...rest,
    content: lines(content!),
  }))
  return { ...mail, attachments }
}

function sameBytes(ours: Buffer, theirs: Buffer): boolean {
  return ours.equals(theirs) || lines(ours) === lines(theirs)
}

function lines(bytes: Buffer): string {
  return bytes.toString('latin1').replaceAll('\r\n', '\n').trimEnd()
}

function bytesOf({ content }: Attachment): Buffer {
  return typeof content === 'string' ? Buffer.from(content) : Buffer.from(content as ArrayBuffer)
}

function lowerDomain(mailbox: { name: string; address?: string | undefined } | undefined) {
  const [local, domain] = (mailbox?.address ?? '').split('@')
  return { name: mailbox?.name ?? '', address: `${local}@${domain?.toLowerCase()}` }
}

function squash(text: string): string {
  return text.replace(/\s+/g, ' ').trim()
}
