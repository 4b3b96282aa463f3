// A phone's history of 5,000 messages in one POST: accepted at once, and imported once although the
// worker is killed in the middle and Meta sends it again.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { META_ENV } from '../api/meta-inbox.ts'
import { webhooksOf } from '../api/whatsapp-number.ts'
import { type GraphSimulator, startGraph } from '../simulators/meta/graph.ts'
import { signatureOf, wireBody } from '../simulators/meta/webhook.ts'
import { waitFor } from '../support/wait-for.ts'
import { startWorld, type World } from './world.ts'

const MESSAGES = 5_000

let world: World
let graph: GraphSimulator
let apiUrl: string
beforeAll(async () => {
  graph = await startGraph()
  world = await startWorld({
    env: { ...META_ENV, META_GRAPH_URL: graph.app.graphUrl, IMPORT_PAGE: '50' },
  })
  apiUrl = await world.startApi()
})
afterAll(async () => {
  await world?.stop()
  graph?.stop()
})

async function post(path: string, headers: Record<string, string>, body: string | Buffer) {
  const reply = await fetch(`${apiUrl}${path}`, { method: 'POST', headers, body: body as string })
  return { status: reply.status, text: await reply.text() }
}
function pushed(...entry: object[]) {
  const body = wireBody({ object: 'whatsapp_business_account', entry })
  const signature = signatureOf(META_ENV.META_APP_SECRET, body)
  const headers = { 'content-type': 'application/json', 'x-hub-signature-256': signature }
  return post('/webhooks/meta', headers, body)
}

test('it is accepted at once and imported once, although the worker is killed', async () => {
  const number = graph.addNumber({ id: '400001', onPhone: true })
  graph.codes.set('popup', { redirectUri: undefined, token: number.token })
  const victim = await world.startWorker()
  const created = await post(
    `/api/v1/accounts/${world.accountId}/inboxes/whatsapp_cloud/sign_up`,
    { 'content-type': 'application/json', api_access_token: world.adminKey },
    JSON.stringify({ name: 'WhatsApp', code: 'popup', waba_id: number.wabaId }),
  )
  expect(created.status, created.text).toBe(201)
  const inboxId = JSON.parse(created.text).id as number
  await waitFor(() => number.shared.size === 2, { what: 'both questions' })
  const hooks = webhooksOf(number, inboxId)
  const stored = async () => {
    const rows = await world.db
      .selectFrom('messages')
      .select('external_id')
      .where('inbox_id', '=', inboxId)
      .execute()
    return rows.map(({ external_id }) => external_id)
  }
  const history = hooks.history(MESSAGES, 2, 100)
  expect(await pushed(history)).toEqual({ status: 200, text: 'EVENT_RECEIVED' })
  await waitFor(async () => (await stored()).length > 0, { what: 'the first page' })
  await victim.stop('SIGKILL')
  expect((await stored()).length).toBeLessThan(MESSAGES)
  await pushed(hooks.messages(hooks.text('live meanwhile')))
  // Meta has not heard that it was accepted.
  expect((await pushed(history)).status).toBe(200)
  await world.startWorker()
  const done = await waitFor(
    () =>
      world.db
        .selectFrom('inboxes')
        .select(['phase', 'held_since'])
        .where('id', '=', inboxId)
        .where('phase', '=', 'active')
        .executeTakeFirst(),
    { what: 'the end of the import' },
  )
  expect(done.held_since).toBeNull()
  const ids = await stored()
  expect(ids).toHaveLength(MESSAGES + 1)
  expect(new Set(ids).size).toBe(MESSAGES + 1)
  // Of the live message alone.
  const wakes = await world.db
    .selectFrom('outbox')
    .select('event')
    .where('inbox_id', '=', inboxId)
    .where('event', '=', 'message_created')
    .execute()
  expect(wakes).toHaveLength(1)
  const notified = await world.db
    .selectFrom('notifications')
    .select('id')
    .where('inbox_id', '=', inboxId)
    .execute()
  expect(notified).toEqual([])
  expect(questions(number.id)).toEqual(['smb_app_state_sync', 'history'])
})

const questions = (id: string) =>
  graph.requests
    .filter(({ path }) => path.endsWith(`/${id}/smb_app_data`))
    .map(({ body }) => body.sync_type)
