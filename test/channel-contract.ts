// What every channel keeps, whoever its provider is: one suite, called by each channel's own test.
import { describe, expect, test } from 'vitest'
import type {
  Channel,
  Connection,
  LivePage,
  OutboundMessage,
  SendHooks,
} from '../channels/channel.ts'
import type { ChatMessage } from '../channels/chat.ts'
import { AmbiguousSend, ChannelError, SignatureRefused } from '../channels/errors.ts'
import { openMailbox } from '../channels/mail/mailbox.ts'
import { sendFromAccount } from '../channels/mail/send.ts'
import type { ChannelWebhook, DeliveredEvent, WebhookRequest } from '../channels/webhook.ts'
import type { FailureKind } from '../domain/failures.ts'

/** The provider, played by a real server or a simulator. Functions are called inside tests. */
export interface ChannelFixtures {
  /** Works, and holds nothing yet. Each call is a mailbox, number or page of its own. */
  connection(): Promise<Connection> | Connection
  /** The same with credentials that the provider refuses. */
  refused(connection: Connection): Connection
  /** Must stand in no failure. */
  secrets: string[]
  /** Of a chat: the contact whom messages go to. */
  contact?: string
  /**
   * A customer's message, and one of our own sent elsewhere, arrive at the provider. Absent: it lists
   * nothing, and webhooks tell everything.
   */
  deliver?(connection: Connection, text: string, from: 'customer' | 'us'): Promise<void> | void
  /** Ways in which the provider fails while it is asked, each with its kind. */
  failures: [name: string, make: () => Promise<Connection>, kind: FailureKind][]
  /** The connection to the provider is lost when the message has gone out. */
  lostAfterSending(): Promise<Connection>
  /** As the provider sent them, with what verifies them. */
  webhooks?: {
    /** Absent: the channel's own. */
    webhook?: ChannelWebhook<never>
    credentials: unknown
    requests: WebhookRequest[]
    forged: WebhookRequest[]
    /** Tells of a message of our own sent elsewhere. */
    ours?: WebhookRequest
  }
}

const message: OutboundMessage = {
  sourceId: 'contract-1@inbox.test',
  to: [{ name: 'Zoë', address: 'zoe@example.test' }],
  subject: 'Olá',
  text: 'Tudo bem?',
  inReplyTo: null,
  references: [],
  attachments: [],
  automatic: false,
}

export function channelContract(channel: Channel, fixtures: ChannelFixtures): void {
  describe(`the contract of a channel: ${channel.type}`, () => {
    test('credentials that the provider refuses fail the preflight, which repeats no secret', async () => {
      const refused = fixtures.refused(await fixtures.connection())
      const stages = await Array.fromAsync(channel.preflight!(refused))
      expect(stages.at(-1)).toMatchObject({ ok: false, reason: expect.any(String) })
      for (const secret of fixtures.secrets) expect(JSON.stringify(stages)).not.toContain(secret)
    })

    if (fixtures.deliver) pulls(channel, fixtures, fixtures.deliver)

    test.each(fixtures.failures)('%s is of its kind', async (_, make, kind) => {
      const error = await pull(channel, await make(), undefined).catch((cause) => cause)
      expect(error).toBeInstanceOf(ChannelError)
      expect(error.kind).toBe(kind)
    })

    test('a send whose end nobody knows is ambiguous, so that it is looked up and not repeated', async () => {
      const connection = await fixtures.lostAfterSending()
      let transmitting = 0
      const onTransmitting = async () => void transmitting++
      const to = fixtures.contact ?? ''
      await expect(send(channel, connection, to, { onTransmitting })).rejects.toThrow(AmbiguousSend)
      expect(transmitting).toBe(1)
    })

    const { webhooks } = fixtures
    const webhook = (webhooks?.webhook ?? channel.webhook) as ChannelWebhook<unknown> | undefined
    if (webhooks && webhook) isPushed(webhook, webhooks)
  })
}

function pulls(
  channel: Channel,
  fixtures: ChannelFixtures,
  deliver: NonNullable<ChannelFixtures['deliver']>,
): void {
  test('what is pulled twice bears the same external ids', async () => {
    const connection = await fixtures.connection()
    const { cursor } = await pull(channel, connection, undefined)
    await deliver(connection, 'first', 'customer')
    const [once, twice] = [
      await pull(channel, connection, cursor),
      await pull(channel, connection, cursor),
    ]
    expect(once.messages.map(({ externalId }) => externalId)).toHaveLength(1)
    expect(twice.messages.map(({ externalId }) => externalId)).toEqual(
      once.messages.map(({ externalId }) => externalId),
    )
  })

  test('a cursor survives JSON and resumes without a gap', async () => {
    const connection = await fixtures.connection()
    let { cursor } = await pull(channel, connection, undefined)
    // What a day of overlap brings again bears the same id.
    const texts = new Map<string, string>()
    for (const text of ['one', 'two', 'three']) {
      await deliver(connection, text, 'customer')
      const page = await pull(channel, connection, JSON.parse(JSON.stringify(cursor)))
      for (const found of page.messages) texts.set(found.externalId, found.text.trim())
      cursor = page.cursor
    }
    expect([...texts.values()]).toEqual(['one', 'two', 'three'])
  })

  test('our own messages come back as outgoing', async () => {
    const connection = await fixtures.connection()
    const { cursor } = await pull(channel, connection, undefined)
    await deliver(connection, 'from us', 'us')
    const { messages } = await pull(channel, connection, cursor)
    expect(messages).toMatchObject([{ direction: 'outgoing', text: expect.stringMatching(/us/) }])
  })
}

function isPushed(
  webhook: ChannelWebhook<unknown>,
  { credentials, requests, forged, ours }: NonNullable<ChannelFixtures['webhooks']>,
): void {
  test('a webhook is taken when its signature proves it, and refused otherwise', () => {
    for (const request of requests) webhook.verify(request, credentials)
    for (const request of forged) {
      expect(() => webhook.verify(request, credentials)).toThrow(SignatureRefused)
    }
    expect(forged).not.toEqual([])
  })

  test('the same webhook twice yields the same external ids', () => {
    const ids = () => requests.flatMap((request) => idsOf(webhook.parse(request, new Date())))
    expect(ids()).toEqual(ids())
    expect(ids()).not.toEqual([])
  })

  if (ours) {
    test('what we sent elsewhere is told as outgoing', () => {
      const [told] = webhook.parse(ours, new Date())
      expect(told!.event).toMatchObject({ kind: 'message', message: { direction: 'outgoing' } })
    })
  }
}

/** What is about the channel itself, or about everything until a time, has none. */
function idsOf(events: DeliveredEvent[]): string[] {
  return events.flatMap(({ event }) => {
    if (event.kind === 'unknown') throw new Error(`not understood: ${event.what}`)
    if (event.kind === 'message') return event.message.externalId
    return 'externalId' in event ? event.externalId : []
  })
}

async function pull(
  channel: Channel,
  connection: Connection,
  cursor: unknown,
): Promise<LivePage<unknown>> {
  const { mail, pull: ask } = channel
  if (!mail) {
    const unknownOf = async (ids: string[]) => new Set(ids)
    const page = await ask!(connection, cursor, { now: new Date(), since: new Date(), unknownOf })
    if (page.next === undefined) return page
    const more = await pull(channel, connection, page.next)
    return { ...more, messages: [...page.messages, ...more.messages] }
  }
  const mailbox = await openMailbox(mail.accountOf(connection))
  try {
    return await mailbox.pullLive(cursor as never, { limit: 50 })
  } finally {
    await mailbox.close()
  }
}

function send(
  { mail, chat }: Channel,
  connection: Connection,
  to: string,
  hooks: SendHooks,
): Promise<unknown> {
  if (mail) return sendFromAccount(mail.accountOf(connection), message, hooks)
  const { text } = message
  const short: ChatMessage = {
    to,
    text,
    files: [],
    template: null,
    interactive: null,
    reference: 1,
    late: false,
    inReplyTo: null,
    statusUrl: 'https://us.test/',
  }
  return chat!.send(connection, short, hooks)
}
