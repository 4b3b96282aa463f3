// Mails of customers who write for the first time, and how fast something is done for many of them.
import { setTimeout as sleep } from 'node:timers/promises'
import type { InboundMessage } from '../channels/channel.ts'
import { storeInbound } from '../messaging/store-inbound.ts'
import type { Platform } from './stack.ts'

/** What callers have in flight. */
const LANES = 16

/** How many a second, until `finished`. */
export async function rateOf(
  one: (n: number) => Promise<void>,
  total: number,
  finished = async () => {},
): Promise<number> {
  const began = performance.now()
  let next = 0
  const lane = async () => {
    while (next < total) await one(next++)
  }
  await Promise.all(Array.from({ length: LANES }, lane))
  await finished()
  return total / ((performance.now() - began) / 1000)
}

/** Asks again and again. */
export async function until(reached: () => Promise<boolean>, everyMs = 20): Promise<void> {
  while (!(await reached())) await sleep(everyMs)
}

export function becameActive({ db }: Platform): Promise<void> {
  return until(async () => {
    const { phase } = await db.selectFrom('inboxes').select('phase').executeTakeFirstOrThrow()
    return phase === 'active'
  })
}

/** Delivered now, each the beginning of a conversation. */
export async function storeLive(
  { db }: Platform,
  ref: { accountId: number; inboxId: number },
  mails: readonly number[],
): Promise<void> {
  const now = new Date()
  const messages = mails.map((n) => mailOf(n, now))
  const target = { ...ref, folder: 'INBOX', now, arrivalOf: () => 'live' as const }
  await storeInbound(db, target, { messages, poison: [] })
}

export function mailOf(n: number, at: Date): InboundMessage {
  return {
    externalId: `mail-${n}`,
    direction: 'incoming',
    sentByAccount: false,
    contact: { kind: 'email', value: `cliente-${n}@example.test`, name: `Cliente ${n}` },
    sourceId: `mail-${n}@example.test`,
    references: [],
    subject: `Pedido ${n}`,
    text: 'Bom dia, onde está o meu pedido?',
    html: null,
    contentType: 'text',
    attributes: { nature: 'person' },
    automatic: false,
    sentAt: at,
    deliveredAt: at,
    attachments: [],
    location: null,
  }
}
