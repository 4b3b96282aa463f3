// Where the account tells others what happens: outgoing webhooks, and the bots behind endpoints.
import type { Selectable } from 'kysely'
import { type Database, inTransaction } from './client.ts'
import type { Sealed, Vault } from './encryption.ts'
import type { WebhookTable } from './schema/accounts.ts'
import type { BotTable } from './schema/automation.ts'

export type WebhookRow = Omit<Selectable<WebhookTable>, 'key_id' | 'secret_ciphertext'>
export type BotRow = Omit<Selectable<BotTable>, 'key_id' | 'secret_ciphertext'> & {
  name: string
  key: string | null
}

const WEBHOOK = ['account_id', 'id', 'url', 'events', 'created_at'] as const

export async function listWebhooks(
  db: Database,
  accountId: number,
  { afterId, limit }: { afterId?: number | undefined; limit: number },
): Promise<WebhookRow[]> {
  let query = db.selectFrom('webhooks').select(WEBHOOK).where('account_id', '=', accountId)
  if (afterId !== undefined) query = query.where('id', '>', afterId)
  return query.orderBy('id').limit(limit).execute()
}

export function findWebhook(db: Database, accountId: number, id: number) {
  return db
    .selectFrom('webhooks')
    .select(WEBHOOK)
    .where('account_id', '=', accountId)
    .where('id', '=', id)
    .executeTakeFirst()
}

/** Where the webhook leads and what signs its deliveries; undefined when it was removed. */
export async function openWebhookSecret(
  db: Database,
  vault: Vault,
  accountId: number,
  id: number,
): Promise<{ url: string; secret: string } | undefined> {
  const row = await db
    .selectFrom('webhooks')
    .select(['url', 'key_id', 'secret_ciphertext'])
    .where('account_id', '=', accountId)
    .where('id', '=', id)
    .executeTakeFirst()
  if (row === undefined) return undefined
  const sealed = { keyId: row.key_id, ciphertext: row.secret_ciphertext }
  return { url: row.url, secret: String(vault.open({ accountId, row: `webhooks/${id}` }, sealed)) }
}

/** The secret is sealed for a row whose id is known only now: `seal` is called with it. */
export function insertWebhook(
  db: Database,
  accountId: number,
  webhook: { url: string; events: string[] },
  seal: (id: number) => Sealed,
): Promise<WebhookRow> {
  return inTransaction(db, async (trx) => {
    const row = await trx
      .insertInto('webhooks')
      .values({ account_id: accountId, ...webhook, key_id: '', secret_ciphertext: Buffer.alloc(0) })
      .returning(WEBHOOK)
      .executeTakeFirstOrThrow()
    const { keyId, ciphertext } = seal(row.id)
    await trx
      .updateTable('webhooks')
      .set({ key_id: keyId, secret_ciphertext: ciphertext })
      .where('account_id', '=', accountId)
      .where('id', '=', row.id)
      .execute()
    return row
  })
}

export async function updateWebhook(
  db: Database,
  accountId: number,
  id: number,
  { url, events }: { url?: string | undefined; events?: string[] | undefined },
): Promise<WebhookRow | undefined> {
  if (url === undefined && events === undefined) return findWebhook(db, accountId, id)
  return db
    .updateTable('webhooks')
    .set({ ...(url === undefined ? {} : { url }), ...(events === undefined ? {} : { events }) })
    .where('account_id', '=', accountId)
    .where('id', '=', id)
    .returning(WEBHOOK)
    .executeTakeFirst()
}

export async function deleteWebhook(db: Database, accountId: number, id: number): Promise<boolean> {
  const row = await db
    .deleteFrom('webhooks')
    .where('account_id', '=', accountId)
    .where('id', '=', id)
    .returning('id')
    .executeTakeFirst()
  return row !== undefined
}

export async function listBots(db: Database, accountId: number): Promise<BotRow[]> {
  return bots(db, accountId).orderBy('bot.user_id').execute()
}

export function findBotOf(db: Database, accountId: number, userId: number) {
  return bots(db, accountId).where('bot.user_id', '=', userId).executeTakeFirst()
}

/** The user of ClaudIA, who has a place in the account whether an endpoint is set or not. */
export async function findBotUser(db: Database, accountId: number, id: number) {
  return db
    .selectFrom('users')
    .select(['id', 'name', 'key'])
    .where('account_id', '=', accountId)
    .where('id', '=', id)
    .where('role', '=', 'bot')
    .where('deleted_at', 'is', null)
    .executeTakeFirst()
}

/** Without `sealed` the secret stays; a bot without a row needs one. */
export async function saveBot(
  db: Database,
  accountId: number,
  userId: number,
  endpoint: string,
  sealed: Sealed | undefined,
): Promise<void> {
  const secret = sealed && { key_id: sealed.keyId, secret_ciphertext: sealed.ciphertext }
  if (secret === undefined) {
    await db
      .updateTable('bots')
      .set({ endpoint })
      .where('account_id', '=', accountId)
      .where('user_id', '=', userId)
      .execute()
    return
  }
  await db
    .insertInto('bots')
    .values({ account_id: accountId, user_id: userId, endpoint, ...secret })
    .onConflict((conflict) =>
      conflict.columns(['account_id', 'user_id']).doUpdateSet({ endpoint, ...secret }),
    )
    .execute()
}

function bots(db: Database, accountId: number) {
  return db
    .selectFrom('bots as bot')
    .innerJoin('users as user', (join) =>
      join.onRef('user.account_id', '=', 'bot.account_id').onRef('user.id', '=', 'bot.user_id'),
    )
    .select(['bot.account_id', 'bot.user_id', 'bot.endpoint', 'bot.created_at'])
    .select(['user.name', 'user.key'])
    .where('bot.account_id', '=', accountId)
}
