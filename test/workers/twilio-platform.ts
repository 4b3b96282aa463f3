// Everything a WhatsApp inbox at Twilio lives on: the simulator, the platform, and an API where Twilio
// finds it, which may be closed and opened again.
import { expect } from 'vitest'
import { createChannels } from '../../channels/registry.ts'
import { freePort } from '../../scripts/servers/ports.ts'
import type { InboxRef } from '../../temporal/contracts.ts'
import type { SimSender } from '../simulators/twilio/resources.ts'
import { startTwilio } from '../simulators/twilio/twilio.ts'
import { waitFor } from '../support/wait-for.ts'
import { apiOf } from './api-of-platform.ts'
import { startPlatform } from './platform.ts'

export type TwilioPlatform = Awaited<ReturnType<typeof startTwilioPlatform>>

/** Call stop() in afterAll. */
export async function startTwilioPlatform() {
  const port = await freePort()
  const publicUrl = `http://127.0.0.1:${port}`
  const twilio = await startTwilio()
  const platform = await startPlatform({
    channels: createChannels({
      policy: { allowHosts: ['127.0.0.0/8'] },
      twilioOrigin: twilio.origin,
    }),
    publicUrl,
    tuning: { lookInListForMs: 500, lookInSentEveryMs: 100 },
  })
  let api = await open()
  let numbers = 0

  async function open() {
    const opened = await apiOf(platform, { PUBLIC_URL: publicUrl, RATE_LIMIT: '100000' })
    await opened.app.listen({ host: '127.0.0.1', port })
    return opened
  }

  function newSender(): SimSender {
    return twilio.sender(twilio.account(), `+1415200${String(++numbers).padStart(4, '0')}`)
  }

  /** As the form says it; nothing is proved yet. */
  async function connect(sender: SimSender, more: object = {}): Promise<InboxRef> {
    const { status, body } = await api.post('/inboxes/whatsapp_twilio', {
      name: 'WhatsApp',
      phone_number: sender.number,
      account_sid: sender.account.sid,
      auth_token: sender.account.token,
      ...more,
    })
    expect(status, JSON.stringify(body)).toBe(201)
    return { accountId: platform.accountId, inboxId: body!.id as number }
  }

  const shown = async ({ inboxId }: InboxRef) => (await api.get(`/inboxes/${inboxId}`)).body!

  return {
    twilio,
    platform,
    publicUrl,
    get api() {
      return api
    },
    async reopenApi() {
      api = await open()
    },
    newSender,
    connect,
    shown,
    /** Once its webhooks lead here. */
    async connected(sender = newSender(), more: object = {}) {
      const ref = await connect(sender, more)
      await waitFor(async () => (await shown(ref)).settings.callback?.state === 'set', {
        what: 'the webhook to be set',
      })
      return { ref, sender }
    },
    /** Of the contact who has written. */
    async conversationOf(ref: InboxRef): Promise<number> {
      const found = await waitFor(
        async () =>
          (await platform.messages(ref)).find(({ direction }) => direction === 'incoming'),
        { what: 'a message of the contact' },
      )
      return found.conversation_id
    },
    say: (conversation: number, content: string, more: object = {}) =>
      api.post(`/conversations/${conversation}/messages`, { content, ...more }),
    outgoing: async (ref: InboxRef) =>
      (await platform.messages(ref)).filter(({ direction }) => direction === 'outgoing'),
    /** What Twilio has of the number's own. */
    sentBy: (sender: SimSender) =>
      twilio.messages.filter(({ from }) => from === `whatsapp:${sender.number}`),
    async stop() {
      await api.close()
      await platform.stop()
      await twilio.stop()
    },
  }
}
