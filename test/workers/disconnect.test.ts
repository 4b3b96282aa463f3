// Leaving a provider: what was set up there is taken back, unless another inbox needs it.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createChannels } from '../../channels/registry.ts'
import { createAccount } from '../../messaging/create-account.ts'
import { createInbox } from '../../messaging/create-inbox.ts'
import type { InboxRef } from '../../temporal/contracts.ts'
import { META_ENV } from '../api/meta-inbox.ts'
import { type GraphSimulator, startGraph } from '../simulators/meta/graph.ts'
import type { SimulatedNumber } from '../simulators/meta/graph-whatsapp.ts'
import { startTwilio, type TwilioSimulator } from '../simulators/twilio/twilio.ts'
import { waitFor } from '../support/wait-for.ts'
import { type ApiOfPlatform, apiOf } from './api-of-platform.ts'
import { type Platform, startPlatform } from './platform.ts'

let graph: GraphSimulator
let twilio: TwilioSimulator
let platform: Platform
let api: ApiOfPlatform
beforeAll(async () => {
  ;[graph, twilio] = await Promise.all([startGraph(), startTwilio()])
  platform = await startPlatform({
    channels: createChannels({
      policy: { allowHosts: ['127.0.0.0/8'] },
      meta: graph.app,
      twilioOrigin: twilio.origin,
    }),
  })
  api = await apiOf(platform, { ...META_ENV, RATE_LIMIT: '100000' })
}, 60_000)
afterAll(async () => {
  await api?.close()
  await Promise.all([platform?.stop(), twilio?.stop()])
  graph?.stop()
})

async function connect(
  wanted: Omit<Parameters<typeof createInbox>[2], 'accountId' | 'name'>,
  accountId = platform.accountId,
): Promise<InboxRef> {
  const order = { accountId, name: 'Shop', ...wanted }
  const { inboxId } = await createInbox(platform.db, platform.vault, order)
  const ref = { accountId, inboxId }
  await waitFor(async () => (await platform.row(ref)).phase === 'active', { what: 'the inbox' })
  return ref
}

const connectNumber = (number: SimulatedNumber, accountId?: number) =>
  connect(
    {
      channel: 'whatsapp_cloud',
      address: number.number,
      settings: {
        number: number.number,
        phone_number_id: number.id,
        waba_id: number.wabaId,
        coexistence: false,
      },
      credentials: { access_token: number.token },
    },
    accountId,
  )

async function disconnect(ref: InboxRef): Promise<void> {
  await platform.temporal.updateInbox(ref, 'disconnect', { purge: false })
  expect((await platform.row(ref)).phase).toBe('disconnected')
}

const timelineOf = async ({ inboxId }: InboxRef) =>
  platform.db
    .selectFrom('timeline')
    .select(['kind', 'data'])
    .where('inbox_id', '=', inboxId)
    .orderBy('id')
    .execute()

test('Meta stops telling us of a WhatsApp account with the last of its numbers, in whichever account of ours', async () => {
  const token = 'EAA-token-of-the-business'
  const first = graph.addNumber({ id: '410001', wabaId: '90410', token })
  const second = graph.addNumber({ id: '410002', wabaId: '90410', token })
  const { account } = await createAccount(platform.db, {
    name: 'Oficina',
    adminName: 'Caio',
    adminEmail: 'caio@oficina.test',
  })
  const [own, other] = [await connectNumber(first), await connectNumber(second, account.id)]
  expect(first.subscribed).toBe(true)
  await disconnect(own)
  expect(first.subscribed).toBe(true)
  await disconnect(other)
  expect(first.subscribed).toBe(false)
})

test('Meta stops telling us of a page', async () => {
  const page = graph.addPage({ id: '420001' })
  const ref = await connect({
    channel: 'instagram',
    address: page.id,
    settings: {
      page_id: page.id,
      page_name: page.name,
      instagram_id: page.instagram!.id,
      instagram_username: page.instagram!.username,
      facebook_user_id: graph.user.id,
      long_answers: 'refuse',
    },
    credentials: { page_token: page.token },
  })
  expect(page.subscribed).toContain('messages')
  await disconnect(ref)
  expect(page.subscribed).toBeUndefined()
})

test('with the provider away the inbox goes all the same, and what was left there is on record', async () => {
  const sender = twilio.sender(twilio.account(), '+14152000001')
  sender.webhook = { ...sender.webhook, callback_url: 'https://shop.example/before' }
  const ref = await connect({
    channel: 'whatsapp_twilio',
    address: sender.number,
    settings: { number: sender.number, account_sid: sender.account.sid },
    credentials: { auth_token: sender.account.token },
  })
  const callback = async () =>
    ((await platform.row(ref)).settings as { callback?: { state: string } }).callback?.state
  await waitFor(async () => (await callback()) === 'set', { what: 'the webhook to lead here' })
  twilio.answers.set('/Channels/Senders', { status: 503, code: 20503, message: 'away' })
  try {
    await disconnect(ref)
  } finally {
    twilio.answers.clear()
  }
  const told = (await timelineOf(ref)).slice(-2)
  expect(told).toMatchObject([
    { kind: 'disconnected' },
    { kind: 'not_taken_back', data: { reason: 'server_unavailable' } },
  ])
})
