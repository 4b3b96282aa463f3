// A number that the phone goes on using: taken over by Meta's popup, its contacts and history asked for
// once, held until they are here, cut off and taken in again.
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ActivityDeps } from '../../activities/deps.ts'
import { createSyncOutcome } from '../../activities/sync-outcome.ts'
import { createChannels } from '../../channels/registry.ts'
import type { InboxRef } from '../../temporal/contracts.ts'
import { META_ENV, pushMeta } from '../api/meta-inbox.ts'
import { webhooksOf } from '../api/whatsapp-number.ts'
import { type GraphSimulator, Refusal, startGraph } from '../simulators/meta/graph.ts'
import type { SimulatedNumber } from '../simulators/meta/graph-whatsapp.ts'
import { type Device, phoneOf } from '../simulators/meta/phone.ts'
import { SIGNUP_CONFIG } from '../simulators/meta/signup-popup.ts'
import { waitFor } from '../support/wait-for.ts'
import { type ApiOfPlatform, apiOf } from './api-of-platform.ts'
import { type Platform, startPlatform } from './platform.ts'

let graph: GraphSimulator
let platform: Platform
let api: ApiOfPlatform
/** How far the workers' clock is ahead, in milliseconds. */
let ahead = 0
beforeAll(async () => {
  graph = await startGraph()
  platform = await startPlatform({
    channels: createChannels({ policy: graph.policy, meta: graph.app }),
    tuning: { pushedHistoryEveryMs: 200, pullEveryMs: 500 },
    clock: () => new Date(Date.now() + ahead),
  })
  api = await apiOf(platform, {
    ...META_ENV,
    META_SIGNUP_CONFIG_ID: SIGNUP_CONFIG,
    RATE_LIMIT: '100000',
  })
}, 60_000)
afterAll(async () => {
  await api?.close()
  await platform?.stop()
  graph?.stop()
})

const shown = async ({ inboxId }: InboxRef) => (await api.get(`/inboxes/${inboxId}`)).body!
const push = (...entry: object[]) => pushMeta(api, entry, { object: 'whatsapp_business_account' })
const stateIs = (ref: InboxRef, state: string) =>
  waitFor(async () => (await shown(ref)).state === state, { what: state })

let numbers = 0
const onPhone = (more: Partial<SimulatedNumber> = {}) =>
  graph.addNumber({ id: String(300_000 + ++numbers), onPhone: true, ...more })

/** What a person does in Meta's window. */
function popup(number: SimulatedNumber): { code: string; waba_id: string } {
  const code = crypto.randomUUID()
  graph.codes.set(code, { redirectUri: undefined, token: number.token })
  return { code, waba_id: number.wabaId }
}

async function signUp(number: SimulatedNumber, more: object = {}) {
  const { status, body } = await api.post('/inboxes/whatsapp_cloud/sign_up', {
    name: 'WhatsApp',
    ...popup(number),
    ...more,
  })
  expect(status, JSON.stringify(body)).toBe(201)
  const ref = { accountId: platform.accountId, inboxId: body!.id as number }
  return { ref, number, hooks: webhooksOf(number, ref.inboxId) }
}

async function importing(number = onPhone()) {
  const one = await signUp(number)
  await stateIs(one.ref, 'importing')
  await waitFor(() => number.shared.size === 2, { what: 'both questions' })
  return one
}

const questionsTo = ({ id }: SimulatedNumber) =>
  graph.requests
    .filter(({ path }) => path.endsWith(`/${id}/smb_app_data`))
    .map(({ body }) => body.sync_type)

test('the console is told what opens the popup, and nothing secret', async () => {
  const { popup: told } = (await api.get('/inboxes/whatsapp_cloud/sign_up')).body!
  expect(told).toEqual({
    app_id: META_ENV.META_APP_ID,
    config_id: SIGNUP_CONFIG,
    graph_version: 'v25.0',
    sdk_url: 'https://connect.facebook.net/en_US/sdk.js',
    dialog_origin: 'https://www.facebook.com',
  })
})

test('the popup’s code connects the number that the phone uses, and its token is shown nowhere', async () => {
  const { ref, number } = await importing()
  const inbox = await shown(ref)
  expect(inbox).toMatchObject({
    address: number.number,
    attention: 'none',
    claudia: { mode: 'held' },
    settings: { number: number.number, phone_number_id: number.id, coexistence: true },
    import: { status: 'running', window: { kind: 'pushed', progress: null, end: null } },
  })
  expect(inbox.notices).toMatchObject([
    { code: 'whatsapp_companions' },
    { code: 'whatsapp_cannot_list' },
  ])
  expect(JSON.stringify(inbox)).not.toContain(number.token)
  expect(number.subscribed).toBe(true)
  // What is sent before anybody is told of it never comes again.
  const calls = graph.requests.filter(({ method }) => method === 'POST')
  const place = (end: string) => calls.findIndex(({ path }) => path.endsWith(end))
  expect(place(`/${number.wabaId}/subscribed_apps`)).toBeLessThan(
    place(`/${number.id}/smb_app_data`),
  )
})

test('what the code brought is kept before anything else is tried, since it is good once', async () => {
  const number = onPhone()
  const list = `/${number.wabaId}/phone_numbers`
  graph.refuse.set(list, new Refusal(500, 2, 'Service temporarily unavailable'))
  const { ref } = await signUp(number)
  await waitFor(() => graph.requests.some(({ path }) => path.endsWith(list)), { what: 'a look' })
  graph.refuse.delete(list)
  await stateIs(ref, 'importing')
})

test('its history comes in silence while live messages wait; then it is active', async () => {
  const { ref, number, hooks } = await importing()
  await push(hooks.history(20, 0, 100), hooks.messages(hooks.text('Oi')))
  await waitFor(async () => (await shown(ref)).import.done === 20, { what: 'the history' })
  expect(await shown(ref)).toMatchObject({ state: 'importing', claudia: { mode: 'held' } })
  await push(hooks.history(10, 2, 100, 50))
  await stateIs(ref, 'active')
  expect(await shown(ref)).toMatchObject({ claudia: { mode: 'on' }, import: { done: 30 } })
  // However often the import was tried.
  expect(questionsTo(number)).toEqual(['smb_app_state_sync', 'history'])
})

test('a code that is too old is refused in words, and another one connects the same inbox', async () => {
  const number = onPhone()
  const { ref } = await signUp(number, { code: 'too-old' })
  await waitFor(async () => (await shown(ref)).attention === 'red', { what: 'the refusal' })
  expect(await shown(ref)).toMatchObject({
    state: 'connecting',
    health: { receive: { reason: 'code_refused', remedy: expect.any(String) } },
  })
  const { status, body } = await api.post(`/inboxes/${ref.inboxId}/sign_up`, popup(number))
  expect(status, JSON.stringify(body)).toBe(200)
  expect(await shown(ref)).toMatchObject({ address: number.number, attention: 'none' })
  await stateIs(ref, 'importing')
})

test('a number that has an inbox is refused a second one, which keeps nothing of it', async () => {
  const { number } = await importing()
  const again = await signUp(number)
  await waitFor(async () => (await shown(again.ref)).attention === 'red', { what: 'the refusal' })
  expect(await shown(again.ref)).toMatchObject({
    state: 'connecting',
    address: number.wabaId,
    health: { receive: { reason: 'channel_already_connected', message: expect.any(String) } },
  })
})

test('what Meta could not answer is asked again, by another worker too, and never twice', async () => {
  const number = onPhone()
  const busy = new Refusal(500, 2, 'Service temporarily unavailable')
  graph.refuse.set(`/${number.id}/smb_app_data`, busy)
  const { ref } = await signUp(number)
  await waitFor(() => questionsTo(number).length >= 1, { what: 'a question' })
  await platform.addWorker()
  await platform.firstWorker.stop()
  graph.refuse.delete(`/${number.id}/smb_app_data`)
  await waitFor(() => number.shared.size === 2, { what: 'both questions' })
  await stateIs(ref, 'importing')
  const asked = questionsTo(number)
  expect(asked.slice(asked.lastIndexOf('smb_app_state_sync'))).toEqual([
    'smb_app_state_sync',
    'history',
  ])
  const { inboxId } = ref
  const shares = await platform.db
    .selectFrom('phone_shares')
    .select(['share', 'refused', 'settled_at'])
    .where('inbox_id', '=', inboxId)
    .orderBy('share')
    .execute()
  expect(shares).toEqual([
    { share: 'contacts', refused: false, settled_at: expect.any(Date) },
    { share: 'history', refused: false, settled_at: expect.any(Date) },
  ])
})

test('a phone that shares nothing any more holds nothing up', async () => {
  const { ref } = await signUp(onPhone({ tooLate: true }))
  await stateIs(ref, 'active')
  expect((await shown(ref)).import.window).toMatchObject({ end: 'refused' })
})

test('connected again after it was cut off, it keeps its inbox and asks for the history anew', async () => {
  const { ref, number, hooks } = await importing()
  await push(hooks.history(10, 2, 100))
  await stateIs(ref, 'active')
  const disconnection_info = { reason: 'PRIMARY_INACTIVITY', initiated_by: 'SYSTEM' }
  const at = Math.floor(Date.now() / 1000)
  await push(hooks.account('PARTNER_REMOVED', at, { disconnection_info }))
  await stateIs(ref, 'reauthorization_required')
  const other = onPhone()
  const wrong = await api.post(`/inboxes/${ref.inboxId}/sign_up`, popup(other))
  expect([wrong.status, wrong.body!.details.reason]).toEqual([422, 'number_not_in_account'])
  expect((await shown(ref)).state).toBe('reauthorization_required')
  number.shared.clear()
  const right = await api.post(`/inboxes/${ref.inboxId}/sign_up`, popup(number))
  expect(right.status, JSON.stringify(right.body)).toBe(200)
  await waitFor(() => number.shared.size === 2, { what: 'both questions' })
  await push(hooks.history(20, 2, 100, 70))
  await waitFor(async () => (await shown(ref)).import.status === 'completed', { what: 'the end' })
  expect(await shown(ref)).toMatchObject({ state: 'active', attention: 'none' })
  expect(await platform.messages(ref)).toHaveLength(30)
  // Meta repeats for a week what it told before.
  await push(hooks.account('PARTNER_REMOVED', at, { disconnection_info }))
  expect((await shown(ref)).state).toBe('active')
})

async function active() {
  const one = await importing()
  await push(one.hooks.historyRefused())
  await stateIs(one.ref, 'active')
  return one
}

test('history opens no window', async () => {
  const { ref, hooks } = await importing()
  await push(hooks.history(10, 2, 100))
  await stateIs(ref, 'active')
  const [message] = await platform.messages(ref)
  const path = `/conversations/${message!.conversation_id}/messages`
  const { status, body } = await api.post(path, { content: 'x' })
  expect([status, body!.details.reason]).toEqual([422, 'window_closed'])
})

test('a business that does not share its chats refuses later, which ends the hold as well', async () => {
  const { ref } = await active()
  expect(await shown(ref)).toMatchObject({
    import: { status: 'completed', window: { end: 'refused' } },
    claudia: { mode: 'on' },
  })
})

test.each([
  ['a day after the phone was asked, when nothing has come', 25, false],
  ['six hours after the last piece', 7, true],
])('the hold ends %s', async (_, hours, hasPiece) => {
  const { ref, hooks } = await importing()
  if (hasPiece) {
    await push(hooks.history(10, 0, 40))
    await waitFor(async () => (await shown(ref)).import.done === 10, { what: 'the piece' })
  }
  ahead = (hours - 2) * 3_600_000
  // Longer than a look at what waits, which would end it too early.
  await push(hooks.messages(hooks.text('meanwhile')))
  await waitFor(async () => (await platform.messages(ref)).length > (hasPiece ? 10 : 0), {
    what: 'a live message',
  })
  expect((await shown(ref)).state).toBe('importing')
  ahead = hours * 3_600_000
  await stateIs(ref, 'active')
  ahead = 0
})

test('a place that history kept for a file is filled when the file comes, in silence', async () => {
  const { ref, hooks } = await importing()
  const id = `wamid.placed.${ref.inboxId}`
  const timestamp = String(Math.floor(Date.now() / 1000) - 3 * 86_400)
  const from = hooks.contact
  const history_context = { status: 'READ' }
  const placed = { from, id, timestamp, type: 'media_placeholder', history_context }
  const threads = [{ id: from, messages: [placed] }]
  const metadata = { phase: 0, chunk_order: 1, progress: 100 }
  await push(hooks.change('history', { history: [{ metadata, threads }] }))
  await waitFor(async () => (await platform.messages(ref)).length === 1, { what: 'the place' })
  const [place] = await platform.messages(ref)
  expect(place!.content_attributes).toMatchObject({ unavailable: 'media_placeholder' })
  const url = `${graph.app.graphUrl}/files/media-${ref.inboxId}`
  graph.media.set(`media-${ref.inboxId}`, { url, contentType: 'image/png' })
  const image = { id: `media-${ref.inboxId}`, mime_type: 'image/png', caption: 'the receipt' }
  const file = { from, id, timestamp, type: 'image', image }
  await push(hooks.change('history', { messages: [file] }))
  // Files of an import are fetched after it; Meta keeps them for a week.
  await push(hooks.history(10, 2, 100))
  const stored = await waitFor(
    () =>
      platform.db
        .selectFrom('attachments')
        .select('size')
        .where('message_id', '=', place!.id)
        .where('state', '=', 'stored')
        .executeTakeFirst(),
    { what: 'the file' },
  )
  expect(stored.size).toBe(graph.fileBytes.length)
  expect((await platform.messages(ref))[0]).toMatchObject({
    id: place!.id,
    content: 'the receipt',
    origin: 'history',
    seq: null,
  })
})

test.each<[Device, boolean]>([
  ['phone', true],
  ['web', true],
  ['mac', true],
  ['windows', false],
  ['wearos', false],
])('what the business writes on %s appears here: %s', async (device, appears) => {
  const { ref, hooks } = await active()
  const phone = phoneOf(hooks, push)
  await phone.receive('phone', 'question')
  await phone.write(device, 'answer')
  const messages = await platform.messages(ref)
  expect(messages.map(({ content }) => content)).toEqual(
    appears ? phone.shown : phone.shown.slice(0, 1),
  )
  if (appears) expect(messages[1]!.content_attributes).toMatchObject({ sent_from: 'phone' })
})

test.each<Device>(['windows', 'wearos'])(
  'what a contact writes on %s is a place that points to the phone, and the inbox says why',
  async (device) => {
    const { ref, hooks } = await active()
    await phoneOf(hooks, push).receive(device, 'only there')
    expect(await platform.messages(ref)).toMatchObject([
      { content: '', content_attributes: { unavailable: 'see_phone' } },
    ])
    const [{ message, remedy }] = (await shown(ref)).notices
    expect(message).toMatch(/Windows.*WearOS/)
    expect(remedy).toContain('onboarding-business-app-users/#linked-devices')
  },
)

test('a token that has died is found by the next look, although nobody sends anything', async () => {
  const { ref, number } = await active()
  graph.deaths.set(number.token, 458)
  await stateIs(ref, 'reauthorization_required')
  expect((await shown(ref)).health.receive).toMatchObject({ reason: 'app_removed' })
})

test('a number that the Cloud API does not serve any more is found by the next look', async () => {
  const { ref, number } = await active()
  number.served = false
  await waitFor(async () => (await shown(ref)).attention === 'red', { what: 'red' })
  expect((await shown(ref)).health.receive).toMatchObject({
    reason: 'number_not_served',
    remedy: expect.any(String),
  })
})

test('a number that was cut off stays red until Meta has taken it in again', async () => {
  const { ref, hooks } = await active()
  const at = Math.floor(Date.now() / 1000) + 1
  await push(hooks.account('ACCOUNT_OFFBOARDED', at))
  // A look that was under way ends well, which proves nothing.
  const { noteGood } = createSyncOutcome({
    db: platform.db,
    clock: () => new Date(),
  } as ActivityDeps)
  await noteGood(ref, true, 1_000)
  expect(await shown(ref)).toMatchObject({
    attention: 'red',
    health: { receive: { reason: 'whatsapp_offboarded' } },
  })
  await push(hooks.account('ACCOUNT_RECONNECTED', at + 1))
  expect((await shown(ref)).attention).toBe('none')
})
