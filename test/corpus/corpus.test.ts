// Every mail of the corpus is understood as its description says.
import { expect, test } from 'vitest'
import { toInboundMessage } from '../../channels/mail/parse.ts'
import { quoteStart } from '../../channels/shown-mail.ts'
import { parseMail } from '../../protocols/mime/parse-mail.ts'
import { parseWithPostalMime } from '../../protocols/mime/postal.ts'
import { fastWalk } from '../../protocols/mime/walk.ts'
import { corpusMails } from './corpus.ts'

const NOW = Date.UTC(2026, 10, 1)
const mails = corpusMails()

test('the corpus is large, and no mail is in it twice', () => {
  expect(mails.length).toBeGreaterThanOrEqual(150)
  expect(new Set(mails.map(({ raw }) => raw.toString('latin1'))).size).toBe(mails.length)
})

test.each(mails)('$name', async ({ raw, expected }) => {
  const mail = await parseMail(raw, NOW)
  expect(JSON.parse(JSON.stringify({ ...mail, attachments: [] }))).toMatchObject(
    expected.mail ?? {},
  )
  if (expected.attachments !== undefined) {
    expect(mail.attachments).toHaveLength(expected.attachments.length)
    const shown = mail.attachments.map(({ content, ...rest }) => ({
      ...rest,
      content: content?.toString('latin1').trimEnd(),
    }))
    expect(shown).toMatchObject(expected.attachments)
  }
  if (expected.message !== undefined) {
    const message = toInboundMessage(mail, {
      ownAddresses: ['suporte@loja.example'],
      location: { folder: 'INBOX', uidValidity: 1n, uid: 1 },
      internalDate: new Date(NOW),
      emailId: undefined,
      ...expected.facts,
    })
    expect(message).toMatchObject(expected.message)
  }
  if (expected.quoteStart !== undefined) {
    expect(quoteStart(mail.text, mail.subject)).toBe(expected.quoteStart)
  }
})

// postal-mime takes raw Latin-1 in a parameter for UTF-8.
const READ_BETTER = new Set(['attachments/name-raw-latin1'])

test.each(mails.filter(({ raw, name }) => fastWalk(raw, NOW) && !READ_BETTER.has(name)))(
  'the patient reading says the same of $name',
  async ({ raw }) => {
    expect(comparable(await parseWithPostalMime(raw, NOW))).toEqual(comparable(fastWalk(raw, NOW)!))
  },
)

// postal-mime rewrites the line ends of parts that are not encoded.
function comparable(mail: Awaited<ReturnType<typeof parseWithPostalMime>>) {
  const attachments = mail.attachments.map(({ content, size: _, ...rest }) => ({
    ...rest,
    content: content?.toString('latin1').replaceAll('\r\n', '\n').trimEnd(),
  }))
  return { ...mail, attachments }
}
