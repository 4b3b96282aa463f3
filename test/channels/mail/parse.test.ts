// Who wrote to whom, and when.
import { expect, test } from 'vitest'
import { toInboundMessage } from '../../../channels/mail/parse.ts'
import { parseMail } from '../../../protocols/mime/parse-mail.ts'
import { mailOf } from './dovecot-inbox.ts'

const internalDate = new Date('2026-10-05T12:00:00Z')

async function messageOf(headers: Record<string, string>, facts = {}) {
  return toInboundMessage(await parseMail(Buffer.from(mailOf(1, headers))), {
    ownAddresses: ['inbox@inbox.test'],
    location: { folder: 'INBOX', uidValidity: 1n, uid: 1 },
    internalDate,
    emailId: undefined,
    ...facts,
  })
}

test.each([
  [{}, 'incoming', 'cliente1@example.test', 'Cliente 1'],
  [{ 'Reply-To': 'real@example.test' }, 'incoming', 'real@example.test', 'Cliente 1'],
  [{ 'Reply-To': 'Other <real@example.test>' }, 'incoming', 'real@example.test', 'Other'],
  [{ From: 'Inbox <INBOX@inbox.test>', To: 'Zoë <zoe@x.test>' }, 'outgoing', 'zoe@x.test', 'Zoë'],
  [
    { From: 'Site <inbox@inbox.test>', 'Reply-To': 'Visitor <v@x.test>' },
    'incoming',
    'v@x.test',
    'Visitor',
  ],
  [
    {
      From: "'Ana' via Support <support@group.test>",
      'X-Original-From': 'Ana <ana@x.test>',
      'List-Id': '<support.group.test>',
      'Reply-To': 'support@group.test',
    },
    'incoming',
    'ana@x.test',
    'Ana',
  ],
  [{ From: '' }, 'incoming', 'unknown@sender.invalid', ''],
  [{ 'Reply-To': 'inbox+7@inbox.test' }, 'incoming', 'cliente1@example.test', 'Cliente 1'],
  [
    { From: 'Site <inbox@inbox.test>', 'Reply-To': 'v@x.test' },
    'incoming',
    'v@x.test',
    '', // The site's name is not the visitor's.
  ],
  [
    { From: 'inbox@inbox.test', 'Reply-To': 'v@x.test', 'List-Id': '<a.b>' },
    'incoming',
    'v@x.test',
    '',
  ],
  [
    { 'X-Original-Sender': 'inbox@inbox.test', 'List-Id': '<a.b>' },
    'incoming',
    'cliente1@example.test',
    'Cliente 1',
  ],
  [
    { From: 'inbox@inbox.test', To: 'Inbox+copy@inbox.test' },
    'outgoing',
    'unknown@sender.invalid',
    '',
  ],
  [{ From: 'inbox@inbox.test', To: '', Bcc: 'ana@x.test' }, 'outgoing', 'ana@x.test', ''],
] as [Record<string, string>, string, string, string][])(
  '%j is %s with %s',
  async (headers, direction, value, name) => {
    expect(await messageOf(headers)).toMatchObject({ direction, contact: { value, name } })
  },
)

test('what lies in Sent went out', async () => {
  expect((await messageOf({}, { sent: true })).direction).toBe('outgoing')
})

test("the server's id identifies a mail, else its content does", async () => {
  expect((await messageOf({}, { emailId: 'M123' })).externalId).toBe('M123')
  expect((await messageOf({})).externalId).toMatch(/^[0-9a-f]{64}$/)
})

test('true time and delivery time are told apart', async () => {
  const received = 'from a by b; Fri, 02 Oct 2026 10:00:00 +0000'
  const message = await messageOf({ Received: received })
  expect(message.sentAt.toISOString()).toBe('2026-10-01T00:01:00.000Z')
  expect(message.deliveredAt.toISOString()).toBe('2026-10-02T10:00:00.000Z')
  const undated = await messageOf({ Date: 'nonsense' })
  expect([undated.sentAt, undated.deliveredAt]).toEqual([internalDate, internalDate])
})

test('references come parent first', async () => {
  const message = await messageOf({
    'In-Reply-To': '<c@x>',
    References: '<a@x> <b@x> <c@x>',
  })
  expect(message.references).toEqual(['c@x', 'b@x', 'a@x'])
})

test('automatic mail is marked', async () => {
  expect((await messageOf({ 'Auto-Submitted': 'auto-replied' })).automatic).toBe(true)
  expect((await messageOf({})).automatic).toBe(false)
})

test('attributes are JSON-safe', async () => {
  const { attributes } = await messageOf({})
  expect(JSON.parse(JSON.stringify(attributes))).toEqual(attributes)
})

test('a group of the account’s own is no list: its mail is a person’s, and from that person', async () => {
  const passedOn = {
    From: "'Ana' via Support <support@shop.test>",
    'Reply-To': 'support@shop.test',
    'X-Original-Sender': 'ana@x.test',
    Precedence: 'list',
    'Mailing-list': 'list support@shop.test; contact support+owners@shop.test',
    'List-ID': '<support.shop.test>',
  }
  const own = { ownAddresses: ['inbox@inbox.test', 'support@shop.test'] }
  const byAna = { direction: 'incoming', contact: { value: 'ana@x.test' } }
  expect(await messageOf(passedOn)).toMatchObject({ ...byAna, automatic: true })
  const person = { ...byAna, automatic: false, attributes: { nature: 'person' } }
  expect(await messageOf(passedOn, own)).toMatchObject(person)
  const posted = { 'List-Post': '<https://groups.test/x>, <mailto:support@shop.test>' }
  expect(await messageOf(posted, own)).toMatchObject({ automatic: false })
  const another = { 'List-Post': '<mailto:news@else.test>', To: 'support@shop.test' }
  expect(await messageOf(another, own)).toMatchObject({ automatic: true })
  expect(await messageOf({ ...posted, Precedence: 'bulk' }, own)).toMatchObject({ automatic: true })
  const vacation = { ...passedOn, 'Auto-Submitted': 'auto-replied' }
  expect(await messageOf(vacation, own)).toMatchObject({ automatic: true })
})
