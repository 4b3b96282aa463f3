// People of the account as administrators edit them. Members of inboxes: users.ts.
import { type Selectable, sql } from 'kysely'
import type { Database } from './client.ts'
import { leaveConversations } from './left-conversations.ts'
import type { UserTable } from './schema/accounts.ts'

export type AgentRow = Omit<Selectable<UserTable>, 'password_hash'>

export interface AgentFields {
  name?: string | undefined
  email?: string | undefined
  role?: 'administrator' | 'agent' | undefined
  availability?: AgentRow['availability'] | undefined
}

export async function listAgents(
  db: Database,
  accountId: number,
  { afterId, limit }: { afterId?: number | undefined; limit: number },
): Promise<AgentRow[]> {
  let query = agents(db, accountId)
  if (afterId !== undefined) query = query.where('id', '>', afterId)
  return query.orderBy('id').limit(limit).execute()
}

export function findAgent(db: Database, accountId: number, id: number) {
  return agents(db, accountId).where('id', '=', id).executeTakeFirst()
}

/** Undefined when the address is taken. */
export function insertAgent(
  db: Database,
  accountId: number,
  agent: { name: string; email: string; role: 'administrator' | 'agent' },
): Promise<AgentRow | undefined> {
  return db
    .insertInto('users')
    .values({ account_id: accountId, ...agent })
    .onConflict((conflict) => conflict.doNothing())
    .returning(SHOWN)
    .executeTakeFirst()
}

export async function isEmailTaken(
  db: Database,
  accountId: number,
  email: string,
  exceptId: number,
): Promise<boolean> {
  const row = await agents(db, accountId)
    .where(sql<string>`lower(email)`, '=', email.toLowerCase())
    .where('id', '<>', exceptId)
    .executeTakeFirst()
  return row !== undefined
}

export async function updateAgent(
  db: Database,
  accountId: number,
  id: number,
  fields: AgentFields,
): Promise<AgentRow | undefined> {
  const set = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
  if (Object.keys(set).length === 0) return findAgent(db, accountId, id)
  return db
    .updateTable('users')
    .set(set)
    .where('account_id', '=', accountId)
    .where('id', '=', id)
    .where('deleted_at', 'is', null)
    .returning(SHOWN)
    .executeTakeFirst()
}

/** Removes a person: keys end, conversations lose the assignee, what was written stays. */
export async function removeAgent(db: Database, accountId: number, id: number): Promise<void> {
  await db.transaction().execute(async (trx) => {
    const own = { account_id: accountId, user_id: id }
    await trx
      .updateTable('users')
      .set({ deleted_at: sql`now()` })
      .where('account_id', '=', accountId)
      .where('id', '=', id)
      .execute()
    await trx
      .updateTable('api_keys')
      .set({ revoked_at: sql`now()` })
      .where((eb) => eb.and(own))
      .where('revoked_at', 'is', null)
      .execute()
    await trx
      .deleteFrom('inbox_members')
      .where((eb) => eb.and(own))
      .execute()
    await trx
      .deleteFrom('team_members')
      .where((eb) => eb.and(own))
      .execute()
    await leaveConversations(trx, accountId, { userId: id })
  })
}

/** How many administrators there are beside this one. */
export async function otherAdministrators(db: Database, accountId: number, id: number) {
  const rows = await agents(db, accountId)
    .where('role', '=', 'administrator')
    .where('id', '<>', id)
    .limit(1)
    .execute()
  return rows.length
}

const SHOWN = [
  'account_id',
  'id',
  'name',
  'email',
  'role',
  'key',
  'availability',
  'created_at',
  'deleted_at',
] as const

function agents(db: Database, accountId: number) {
  return db
    .selectFrom('users')
    .select(SHOWN)
    .where('account_id', '=', accountId)
    .where('deleted_at', 'is', null)
}
