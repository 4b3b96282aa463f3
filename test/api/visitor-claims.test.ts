// What nobody vouched for opens nothing and leads no answer astray: visitors who name addresses that
// are not theirs.
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { nextQueued } from '../../activities/state/send-queue.ts'
import { identityHash } from '../../channels/widget/index.ts'
import { queueOutgoing } from '../../messaging/queue-outgoing.ts'
import { type Mailroom, mail, openMailroom } from '../messaging/mailroom.ts'
import { type ApiUnderTest, startApi, type TestAccount } from './api-under-test.ts'
import { type Browser, connectWidget, type WidgetUnderTest } from './widget-under-test.ts'

let api: ApiUnderTest
/** Mails of the same account as the widget. */
let room: Mailroom
let widget: WidgetUnderTest
let token: string
let account: TestAccount
beforeAll(async () => {
  api = await startApi()
  room = await openMailroom(api.db)
  const person = { accountId: room.accountId, adminId: room.admin.id, key: '' }
  account = { ...person, key: await api.keyOf(person, 'administrator') }
  widget = await connectWidget(api, account, {
    identity_validation: 'optional',
    multiple_conversations: true,
    history_of_all_channels: true,
  })
  const path = `/widgets/${widget.inboxId}/identity_tokens`
  token = (await api.call(account, 'POST', path)).body.token
})
afterAll(() => api?.stop())

const proved = (identifier: string, more: object = {}) => ({
  identifier,
  identifier_hash: identityHash(token, identifier),
  ...more,
})

async function conversation(id: number) {
  const row = await api.db.selectFrom('conversations').selectAll().where('id', '=', id)
  return row.executeTakeFirstOrThrow()
}

async function contactOf(browser: Browser) {
  const begun = await browser.begin('hello')
  if (begun.status !== 201) throw new Error(JSON.stringify(begun.body))
  const { contact_id } = await conversation(begun.body.conversation.id)
  return contact(contact_id)
}

const contact = (id: number) =>
  api.db.selectFrom('contacts').selectAll().where('id', '=', id).executeTakeFirstOrThrow()

/** The conversation that a mail from there begins. */
async function mailFrom(from: string) {
  const sent = mail({ from, text: 'a secret of mine' })
  await room.live([sent])
  const { conversation_id } = await api.db
    .selectFrom('messages')
    .select('conversation_id')
    .where('external_id', '=', sent.externalId)
    .executeTakeFirstOrThrow()
  return conversation(conversation_id)
}

async function recipientOfAnswerTo(conversationId: number) {
  const about = { accountId: room.accountId, conversationId }
  await queueOutgoing(api.db, { ...about, userId: room.admin.id, content: 'the answer' })
  return (await nextQueued(api.db, about))!.contact.address
}

test('an address that a visitor claimed belongs to who mails from it, and so does the answer', async () => {
  const evil = await widget.visitor()
  const { body } = await evil.begin('hi', { contact: { email: 'victim@mail.example' } })
  const claimed = await conversation(body.conversation.id)
  const mailed = await mailFrom('Victim@mail.example')
  expect(mailed.contact_id).not.toBe(claimed.contact_id)
  await evil.patch('/contact', { email: 'evil@mail.example' })
  expect(await recipientOfAnswerTo(mailed.id)).toBe('victim@mail.example')
  // The next mail from there finds the same contact.
  expect((await mailFrom('victim@mail.example')).contact_id).toBe(mailed.contact_id)
})

test('an answer goes to an address that was proved, whatever stands beside the contact', async () => {
  const mailed = await mailFrom('careful@mail.example')
  await api.db
    .updateTable('contacts')
    .set({ email: 'evil@mail.example' })
    .where('id', '=', mailed.contact_id)
    .execute()
  expect(await recipientOfAnswerTo(mailed.id)).toBe('careful@mail.example')
})

test('a hash for one’s own identifier opens no contact whose address one only names', async () => {
  const mailed = await mailFrom('writer@mail.example')
  const before = await contact(mailed.contact_id)
  const evil = await widget.visitor()
  const told = proved('evil', { email: 'writer@mail.example', name: 'Evil' })
  expect((await evil.put('/contact', told)).body.status).toBe('verified')
  expect((await contactOf(evil)).id).not.toBe(mailed.contact_id)
  expect(await contact(mailed.contact_id)).toEqual(before)
  expect((await evil.get(`/conversations/${mailed.id}/messages`)).status).toBe(404)
})

test('nor does a session that came to the contact before anybody vouched for it', async () => {
  const mailed = await mailFrom('early@mail.example')
  const before = await contact(mailed.contact_id)
  const evil = await widget.visitor()
  const { body } = await evil.begin('hi', { contact: { email: 'early@mail.example' } })
  expect((await conversation(body.conversation.id)).contact_id).toBe(mailed.contact_id)
  expect((await evil.put('/contact', proved('sly', { name: 'Evil' }))).body.status).toBe('verified')
  expect(await contact(mailed.contact_id)).toEqual(before)
  expect((await evil.get(`/conversations/${mailed.id}/messages`)).status).toBe(404)
  // What it wrote itself has gone with it.
  const own = await conversation(body.conversation.id)
  expect(own.contact_id).not.toBe(mailed.contact_id)
  expect((await contact(own.contact_id)).identifier).toBe('sly')
})

test('other channels are shown to the identifier that a back end signed for the contact', async () => {
  const visitor = await widget.visitor()
  await visitor.put('/contact', proved('owner', { name: 'Owner' }))
  const { id } = await contactOf(visitor)
  const mailed = await mailFrom('owner@mail.example')
  await sql`update conversations set contact_id = ${id} where id = ${mailed.id}`.execute(api.db)
  expect((await visitor.get(`/conversations/${mailed.id}/messages`)).status).toBe(200)
  await sql`
    update contact_identities set verified = false
    where contact_id = ${id} and kind = 'identifier'`.execute(api.db)
  expect((await visitor.get(`/conversations/${mailed.id}/messages`)).status).toBe(404)
})

test('agents see of each conversation whether anybody vouched for its visitor, and hear when it changes', async () => {
  const seen = async (id: number) => {
    const one = (await api.call(account, 'GET', `/conversations/${id}`)).body
    const { data } = (await api.call(account, 'GET', '/conversations?limit=100')).body
    const listed = data.find((row: { id: number }) => row.id === id)
    expect(listed.visitor_verified).toBe(one.visitor_verified)
    return one.visitor_verified
  }
  const visitor = await widget.visitor()
  await visitor.put('/contact', { identifier: 'carla', email: 'carla@mail.example' })
  const { id } = (await visitor.begin('hello')).body.conversation
  expect(await seen(id)).toBe(false)
  const told = () =>
    sql<{ id: number }>`
      select id from account_events where account_id = ${account.accountId}
        and kind = 'conversation.updated' and data ->> 'conversation_id' = ${String(id)}`.execute(
      api.db,
    )
  const before = (await told()).rows.length
  await visitor.put('/contact', proved('carla'))
  expect(await seen(id)).toBe(true)
  expect((await told()).rows).toHaveLength(before + 1)
  // Said again: nothing has changed.
  await visitor.put('/contact', proved('carla'))
  expect((await told()).rows).toHaveLength(before + 1)
  expect(await seen((await mailFrom('mailed@mail.example')).id)).toBeNull()
})
