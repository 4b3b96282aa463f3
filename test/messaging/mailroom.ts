// An account with an inbox, and mails for it: what the messaging tests begin with.
import { randomBytes } from 'node:crypto'
import { sql } from 'kysely'
import type { InboundMessage } from '../../channels/channel.ts'
import { takeFence } from '../../db/channel-cursors.ts'
import type { Database } from '../../db/client.ts'
import { createVault } from '../../db/encryption.ts'
import type { Arrival } from '../../domain/arrival.ts'
import { createAccount } from '../../messaging/create-account.ts'
import { createInbox } from '../../messaging/create-inbox.ts'
import { joinDefaultRules } from '../../messaging/join-default-rules.ts'
import { storeHistory } from '../../messaging/store-history.ts'
import { storeInbound } from '../../messaging/store-inbound.ts'

export const vault = createVault([{ id: 'k1', key: randomBytes(32) }])
export const now = new Date('2026-11-25T12:00:00Z')
export const minutesAgo = (minutes: number) => new Date(now.getTime() - minutes * 60_000)
export const daysAgo = (days: number) => minutesAgo(days * 24 * 60)

let uid = 0

export interface MailOptions {
  id?: string
  replyTo?: string[]
  from?: string
  text?: string
  at?: Date
  deliveredAt?: Date
  outgoing?: boolean
  /** Only its headers say that it is outgoing. */
  claimed?: boolean
  automatic?: boolean
  externalId?: string
  attributes?: Record<string, unknown>
  attachments?: InboundMessage['attachments']
}

/** A mail with a Message-ID, an external id and a place of its own, unless told otherwise. */
export function mail(options: MailOptions = {}): InboundMessage {
  uid += 1
  const id = options.id ?? `m${uid}@example.test`
  const at = options.at ?? minutesAgo(1)
  return {
    externalId: options.externalId ?? `external-${id}`,
    direction: options.outgoing ? 'outgoing' : 'incoming',
    sentByAccount: options.outgoing === true && !options.claimed,
    contact: { kind: 'email', value: options.from ?? 'Ana@Example.test', name: 'Ana' },
    sourceId: id,
    references: options.replyTo ?? [],
    subject: 'Pedido',
    text: options.text ?? 'Olá',
    html: null,
    contentType: 'text',
    attributes: options.attributes ?? { nature: 'person' },
    automatic: options.automatic ?? false,
    sentAt: at,
    deliveredAt: options.deliveredAt ?? at,
    attachments: options.attachments ?? [],
    location: { folder: 'INBOX', uidValidity: 7n, uid },
  }
}

export type Mailroom = Awaited<ReturnType<typeof openMailroom>>

/** `held`: as after connecting; else released and joined to the default rules, with a bot endpoint. */
export async function openMailroom(db: Database, { held = false } = {}) {
  const name = randomBytes(4).toString('hex')
  const { account, admin, claudia } = await createAccount(db, {
    name,
    adminName: 'Admin',
    adminEmail: `admin@${name}.test`,
  })
  const accountId = account.id
  const { inboxId } = await createInbox(db, vault, {
    accountId,
    name: 'Suporte',
    channel: 'email',
    address: `suporte@${name}.test`,
    settings: {},
    credentials: { password: 'secret' },
  })
  await joinDefaultRules(db, accountId, inboxId)
  await db.deleteFrom('outbox').where('account_id', '=', accountId).execute()
  const sealed = vault.seal({ accountId, row: `bots/${claudia.id}` }, 'secret')
  await db
    .insertInto('bots')
    .values({
      account_id: accountId,
      user_id: claudia.id,
      endpoint: 'https://bot.test',
      key_id: sealed.keyId,
      secret_ciphertext: sealed.ciphertext,
    })
    .execute()
  if (!held) {
    await db.updateTable('inboxes').set({ held_since: null }).where('id', '=', inboxId).execute()
  }
  const ref = { accountId, inboxId }
  const { id: importId } = await db
    .selectFrom('imports')
    .select('id')
    .where('inbox_id', '=', inboxId)
    .executeTakeFirstOrThrow()

  const store = (into: number, messages: InboundMessage[], arrival: Arrival) => {
    const target = { accountId, inboxId: into, folder: 'INBOX', now, arrivalOf: () => arrival }
    return storeInbound(db, target, { messages, poison: [] })
  }

  return {
    ...ref,
    admin,
    claudia,
    importId,
    live: (messages: InboundMessage[], arrival: Arrival = 'live') =>
      store(inboxId, messages, arrival),
    /** Another inbox of the account. */
    into: (other: number) => ({
      live: (messages: InboundMessage[]) => store(other, messages, 'live'),
    }),
    async history(messages: InboundMessage[]) {
      const { fence } = await takeFence(db, { ...ref, folder: 'INBOX', kind: 'history' })
      const target = { ...ref, folder: 'INBOX', fence, nextCursor: { at: 1 }, importId, now }
      return storeHistory(db, target, { messages, poison: [], bytes: 100 })
    },
    conversations: () =>
      db
        .selectFrom('conversations')
        .selectAll()
        .where('account_id', '=', accountId)
        .orderBy('id')
        .execute(),
    messages: () =>
      db
        .selectFrom('messages')
        .selectAll()
        .where('account_id', '=', accountId)
        .orderBy('sent_at')
        .orderBy('id')
        .execute(),
    outbox: () =>
      db
        .selectFrom('outbox')
        .select(['topic', 'event', 'seq', 'message_id', 'conversation_id'])
        .where('account_id', '=', accountId)
        .orderBy('id')
        .execute(),
    async count(table: string, where = 'true') {
      const { rows } = await sql<{ count: number }>`
        select count(*) as count from ${sql.table(table)}
        where account_id = ${accountId} and ${sql.raw(where)}`.execute(db)
      return rows[0]!.count
    },
  }
}
