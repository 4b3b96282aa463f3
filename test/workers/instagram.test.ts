// The life of a page with its Instagram account: connected, written to, answered, missed, cut off.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createChannels } from '../../channels/registry.ts'
import { createInbox } from '../../messaging/create-inbox.ts'
import { queueOutgoing } from '../../messaging/queue-outgoing.ts'
import type { InboxRef } from '../../temporal/contracts.ts'
import { eventsOf, META_ENV, pushMeta } from '../api/meta-inbox.ts'
import { type GraphSimulator, type SimulatedPage, startGraph } from '../simulators/meta/graph.ts'
import { waitFor } from '../support/wait-for.ts'
import { type ApiOfPlatform, apiOf } from './api-of-platform.ts'
import { type Platform, startPlatform } from './platform.ts'

let graph: GraphSimulator
let platform: Platform
let api: ApiOfPlatform
beforeAll(async () => {
  graph = await startGraph()
  platform = await startPlatform({
    channels: createChannels({ policy: graph.policy, meta: graph.app }),
    tuning: { pullEveryMs: 400, lookInListForMs: 500, lookInSentEveryMs: 100 },
  })
  api = await apiOf(platform, { ...META_ENV, RATE_LIMIT: '100000' })
}, 60_000)
afterAll(async () => {
  await api?.close()
  await platform?.stop()
  graph?.stop()
})

const CONTACT = '5550000000000001'
const shown = async ({ inboxId }: InboxRef) => (await api.get(`/inboxes/${inboxId}`)).body!

let pages = 0
/** As after a sign-in in which this page was chosen. */
async function active() {
  const page = graph.addPage({ id: String(300_000 + ++pages) })
  const { accountId, db, vault } = platform
  const { inboxId } = await createInbox(db, vault, {
    accountId,
    name: 'Shop',
    channel: 'instagram',
    address: page.id,
    settings: {
      page_id: page.id,
      page_name: page.name,
      instagram_id: page.instagram!.id,
      instagram_username: page.instagram!.username,
      long_answers: 'refuse',
    },
    credentials: { page_token: page.token, user_id: graph.user.id },
  })
  const ref = { accountId, inboxId }
  await waitFor(async () => (await shown(ref)).state === 'active', { what: 'the inbox' })
  const events = eventsOf({ instagramId: page.instagram!.id, inboxId })
  const push = (...list: object[]) => pushMeta(api, [events.entry(list)])
  return { ref, page, events, push }
}

async function spokenTo() {
  const one = await active()
  const { id } = graph.write(one.page, CONTACT, 'Oi')
  await one.push(one.events.message('Oi', { mid: id }))
  const [message] = await platform.messages(one.ref)
  return { ...one, conversation: message!.conversation_id as number }
}

const say = (conversation: number, content: string) =>
  api.post(`/conversations/${conversation}/messages`, { content })
const outgoing = async (ref: InboxRef) =>
  (await platform.messages(ref)).filter(({ direction }) => direction === 'outgoing')
const atMeta = (page: SimulatedPage) =>
  graph.requests.filter(
    ({ method, path }) => method === 'POST' && path.endsWith(`${page.id}/messages`),
  )

test('only the chosen page is subscribed, and its token is shown nowhere', async () => {
  const other = graph.addPage({ id: 'not-chosen' })
  const { ref, page } = await active()
  expect(page.subscribed).toContain('messages')
  expect(other.subscribed).toBeUndefined()
  expect(JSON.stringify(await shown(ref))).not.toContain(page.token)
})

test('an answer leaves within the window, and its echo that is quicker than the reply makes one message', async () => {
  const { ref, page, events, push, conversation } = await spokenTo()
  graph.onSent = async (_, mid) => void (await push(events.echo('Olá!', { mid })))
  await say(conversation, 'Olá!')
  await waitFor(async () => (await outgoing(ref))[0]?.status === 'sent', { what: 'the answer' })
  graph.onSent = undefined
  const stored = await outgoing(ref)
  expect(stored).toMatchObject([{ content: 'Olá!', origin: 'authored' }])
  expect(stored[0]!.external_id).toBe(page.contacts.get(CONTACT)!.messages.at(-1)!.id)
  expect(atMeta(page)[0]!.body).toMatchObject({ messaging_type: 'RESPONSE' })
})

test('an echo that is quicker than the reply is known by its words, whatever space is around them', async () => {
  const { ref, page, events, push, conversation } = await spokenTo()
  graph.onSent = async (_, mid) => void (await push(events.echo('Olá!', { mid })))
  await say(conversation, 'Olá!\n\u00a0')
  await waitFor(async () => (await outgoing(ref))[0]?.status === 'sent', { what: 'the answer' })
  graph.onSent = undefined
  expect(await outgoing(ref)).toHaveLength(1)
  expect(atMeta(page)).toHaveLength(1)
})

test('an echo in other words becomes the answer once its id is known, and nothing is sent twice', async () => {
  const { ref, page, events, push, conversation } = await spokenTo()
  graph.onSent = async (_, mid) => void (await push(events.echo('Ola (shown by Meta)', { mid })))
  await say(conversation, 'Olá!')
  await waitFor(async () => (await outgoing(ref))[0]?.status === 'sent', { what: 'the answer' })
  // The same with a reply that is lost: then the list tells the id.
  graph.dropReply = true
  await say(conversation, 'Tudo bem?')
  const two = async () =>
    (await outgoing(ref)).filter((one) => one.origin === 'authored' && one.status === 'sent')
  await waitFor(async () => (await two()).length === 2, { what: 'the second answer' })
  graph.onSent = undefined
  expect(await outgoing(ref)).toMatchObject([
    { content: 'Olá!', origin: 'authored' },
    { content: 'Tudo bem?', origin: 'authored' },
  ])
  expect(atMeta(page)).toHaveLength(2)
  const { message_count } = await platform.db
    .selectFrom('conversations')
    .select('message_count')
    .where('id', '=', conversation)
    .executeTakeFirstOrThrow()
  expect(message_count).toBe(3)
})

test('after a day a person’s answer goes as HUMAN_AGENT, and a bot’s is refused', async () => {
  const { ref, page, conversation } = await spokenTo()
  const wrote = new Date(Date.now() - 30 * 3_600_000)
  page.contacts.get(CONTACT)!.wroteAt = wrote.getTime()
  await platform.db
    .updateTable('messages')
    .set({ delivered_at: wrote })
    .where('inbox_id', '=', ref.inboxId)
    .execute()
  expect((await say(conversation, 'by a person')).status).toBe(202)
  await waitFor(async () => (await outgoing(ref))[0]?.status === 'sent', { what: 'the answer' })
  expect(atMeta(page)[0]!.body).toMatchObject({ messaging_type: 'MESSAGE_TAG', tag: 'HUMAN_AGENT' })
  const { accountId, claudiaId: userId } = platform
  const bot = {
    accountId,
    conversationId: conversation,
    userId,
    content: 'by a bot',
    automatic: true,
  }
  await queueOutgoing(platform.db, bot)
  await waitFor(async () => (await outgoing(ref))[1]?.status === 'failed', { what: 'the refusal' })
  expect((await outgoing(ref))[1]).toMatchObject({ error_code: 'window_closed' })
  expect(atMeta(page)).toHaveLength(1)
})

test('more than 1,000 bytes are refused before anything is queued', async () => {
  const { ref, conversation } = await spokenTo()
  const { status, body } = await say(conversation, 'ã'.repeat(501))
  expect([status, body!.details]).toMatchObject([422, { reason: 'message_too_long', limit: 1000 }])
  expect(await outgoing(ref)).toEqual([])
})

test('an answer may be about one message, and an answer to one of ours says to which', async () => {
  const { ref, page, events, push, conversation } = await spokenTo()
  const [question] = await platform.messages(ref)
  const { status } = await api.post(`/conversations/${conversation}/messages`, {
    content: 'Sim!',
    in_reply_to_id: question!.id,
  })
  expect(status).toBe(202)
  await waitFor(async () => (await outgoing(ref))[0]?.status === 'sent', { what: 'the answer' })
  expect(atMeta(page)[0]!.body.reply_to).toEqual({ mid: question!.external_id })
  const [ours] = await outgoing(ref)
  await push(
    events.message('Obrigada', { reply_to: { mid: ours!.external_id } }),
    events.message('E isto?', { reply_to: { mid: 'of-before-we-were-here' } }),
  )
  const { data } = (await api.get(`/conversations/${conversation}/messages`)).body
  const shownTo = (content: string) =>
    data.find((one: { content: string }) => one.content === content).in_reply_to
  expect(shownTo('Oi')).toBeNull()
  expect(shownTo('Sim!')).toEqual({ message_id: question!.id, content: 'Oi' })
  expect(shownTo('Obrigada')).toEqual({ message_id: ours!.id, content: 'Sim!' })
  expect(shownTo('E isto?')).toEqual({ message_id: null, content: '' })
})

test('where the inbox wants it a longer answer goes out in pieces, in order, each whole in words', async () => {
  const { ref, page, conversation } = await spokenTo()
  await api.patch(`/inboxes/${ref.inboxId}`, { long_answers: 'split' })
  expect((await shown(ref)).settings).toMatchObject({ long_answers: 'split', page_id: page.id })
  const words = Array.from({ length: 300 }, (_, at) => `palavra${at}`)
  expect((await say(conversation, words.join(' '))).status).toBe(202)
  const sent = async () => (await outgoing(ref)).filter(({ status }) => status === 'sent')
  await waitFor(async () => (await sent()).length === 4, { what: 'the pieces' })
  const texts = atMeta(page).map(({ body }) => body.message.text as string)
  expect(texts.join(' ').split(' ')).toEqual(words)
  expect(texts.every((text) => Buffer.byteLength(text) <= 1000)).toBe(true)
})

test('where Graph says that a limit is near nothing is sent for a while, and nothing is lost', async () => {
  const { ref, page, conversation } = await spokenTo()
  graph.usage = { 'x-app-usage': JSON.stringify({ call_count: 95 }) }
  await say(conversation, 'one')
  await waitFor(async () => (await outgoing(ref))[0]?.status === 'sent', { what: 'the first' })
  graph.usage = {}
  await say(conversation, 'two')
  const key = `rest/${ref.inboxId}`
  const waiting = async () =>
    (await platform.client.workflow.getHandle(`conversation/${conversation}/send`).describe()).raw
      .pendingActivities?.[0]?.lastFailure?.message
  await waitFor(async () => (await waiting())?.includes('near a limit'), { what: 'the rest' })
  expect(atMeta(page)).toHaveLength(1)
  const { tokens } = await platform.db
    .selectFrom('token_buckets')
    .select('tokens')
    .where('key', '=', key)
    .executeTakeFirstOrThrow()
  expect(tokens).toBe(-300)
})

test('a send whose reply is lost is found in Meta’s list and not repeated', async () => {
  const { ref, page, conversation } = await spokenTo()
  graph.dropReply = true
  await say(conversation, 'once')
  await waitFor(async () => (await outgoing(ref))[0]?.status === 'sent', { what: 'the list' })
  expect(atMeta(page)).toHaveLength(1)
})

test('what was never pushed is listed, a lost subscription is restored, and nothing is doubled', async () => {
  const { ref, page } = await spokenTo()
  page.subscribed = undefined
  graph.write(page, '777', 'missed')
  await waitFor(async () => (await platform.messages(ref)).length === 2, { what: 'the missed one' })
  expect(page.subscribed).toContain('standby')
  expect((await platform.messages(ref)).map(({ content }) => content)).toEqual(['Oi', 'missed'])
})

test('a message of unknown end hides from the list what it could be, and nothing else', async () => {
  const { ref, page, conversation } = await spokenTo()
  const other = graph.write(page, '888', 'Oi')
  await say(conversation, 'perhaps')
  await waitFor(async () => (await outgoing(ref))[0]?.status === 'sent', { what: 'the answer' })
  const [answer] = await outgoing(ref)
  await platform.db
    .updateTable('messages')
    .set({ status: 'unconfirmed', external_id: null })
    .where('id', '=', answer!.id)
    .execute()
  const fromThePhone = (contact: string, text: string) => {
    const message = { id: `m_phone_${contact}`, from: page.id, text, at: other.at }
    page.contacts.get(contact)!.messages.push(message)
  }
  fromThePhone('888', 'to somebody else')
  const echoes = async () =>
    (await outgoing(ref)).flatMap((one) => (one.origin === 'echo' ? one.content : []))
  await waitFor(async () => (await echoes()).length > 0, { what: 'what the phone wrote' })
  expect(await echoes()).toEqual(['to somebody else'])
  // What went out before we tried is not ours either.
  await platform.db
    .updateTable('messages')
    .set({ created_at: new Date(Date.now() + 600_000) })
    .where('id', '=', answer!.id)
    .execute()
  await waitFor(async () => (await echoes()).includes('perhaps'), { what: 'the earlier one' })
})

test('the picture of a story is stored with the answer to it, before it is gone', async () => {
  const { ref, events, push } = await active()
  const story = { id: '179', url: `${graph.app.graphUrl}/files/story` }
  await push(events.message('linda!', { reply_to: { story } }))
  const file = await waitFor(
    async () => {
      const [message] = await platform.messages(ref)
      return platform.db
        .selectFrom('attachments')
        .selectAll()
        .where('message_id', '=', message!.id)
        .where('state', '=', 'stored')
        .executeTakeFirst()
    },
    { what: 'the picture' },
  )
  expect(file).toMatchObject({ content_id: 'story', size: graph.fileBytes.length })
})

test('a contact is named when Meta tells how, and a message never waits for that', async () => {
  const { ref, page, events, push } = await active()
  const named = graph.write(page, '88801', 'Oi', { name: 'Bia' })
  graph.write(page, '88802', 'Oi')
  const from = (mid: string, contact: string) =>
    events.event({ message: { mid, text: 'Oi' } }, contact)
  await push(from(named.id, '88801'), from('m-unknown', '88802'))
  expect((await platform.messages(ref)).map(({ content }) => content)).toEqual(['Oi', 'Oi'])
  const contacts = async () => {
    const { body } = await api.get(`/conversations?inbox_id=${ref.inboxId}`)
    return body.data.map((one: { contact_name: string }) => one.contact_name).sort()
  }
  await waitFor(async () => (await contacts()).includes('Bia'), { what: 'the name' })
  expect(await contacts()).toEqual(['88802', 'Bia'])
  const asked = () => graph.requests.filter(({ path }) => path.endsWith('/88802')).length
  await waitFor(() => asked() === 1, { what: 'the question about the other' })
  const { name_state } = await platform.db
    .selectFrom('contact_identities')
    .select('name_state')
    .where('value', '=', '88801')
    .executeTakeFirstOrThrow()
  expect(name_state).toBe('asked')
})

test('who answers is asked of the last conversation, and shown by an answer that is refused', async () => {
  const { ref, page, events, push, conversation } = await spokenTo()
  const instagram = async () =>
    (await api.get(`/inboxes/${ref.inboxId}/receivers`)).body.data.find(
      ({ product }: { product: string }) => product === 'instagram',
    )
  const contact = page.contacts.get(CONTACT)!
  contact.owner = graph.app.appId
  await waitFor(async () => (await instagram()).evidence === 'thread_owner', { what: 'the owner' })
  expect(await instagram()).toMatchObject({ receiver: 'ours' })
  await say(conversation, 'Olá')
  await waitFor(async () => (await outgoing(ref))[0]?.status === 'sent', { what: 'the answer' })
  contact.owner = '1217981644879628'
  await waitFor(async () => (await instagram()).receiver === 'other', { what: 'another owner' })
  // From now on another conversation is the last one, and nobody owns it.
  const { id: mid } = graph.write(page, '999', 'Oi')
  await push(events.event({ message: { mid, text: 'Oi' } }, '999'))
  const asked = ({ path, query }: (typeof graph.requests)[number]) =>
    path.endsWith('/thread_owner') && query.get('recipient') === '999'
  await waitFor(() => graph.requests.some(asked), { what: 'the question about it' })
  await say(conversation, 'Ainda aí?')
  await waitFor(async () => (await outgoing(ref))[1]?.status === 'failed', { what: 'the refusal' })
  expect((await outgoing(ref))[1]).toMatchObject({ error_code: 'other_app_answers' })
  expect((await instagram()).evidence).toMatch(/another app is controlling this thread/)
})

test('a token that died is red with its reason, and what comes in is stored all the same', async () => {
  const { ref, page, events, push, conversation } = await spokenTo()
  graph.deaths.set(page.token, 458)
  await say(conversation, 'x')
  await waitFor(async () => (await shown(ref)).state === 'reauthorization_required', {
    what: 'red',
  })
  const { health } = await shown(ref)
  expect([health.receive.reason, health.send.reason]).toContain('app_removed')
  await push(events.message('still here'))
  expect((await platform.messages(ref)).map(({ content }) => content)).toContain('still here')
})
