// Teams of an account and who is in them.

import { type Selectable, sql } from 'kysely'
import { type Database, inTransaction } from './client.ts'
import type { TeamTable } from './schema/accounts.ts'
import type { UserRow } from './users.ts'

export type TeamRow = Selectable<TeamTable>

export async function listTeams(
  db: Database,
  accountId: number,
  { afterId, limit }: { afterId?: number | undefined; limit: number },
): Promise<TeamRow[]> {
  let query = teams(db, accountId)
  if (afterId !== undefined) query = query.where('id', '>', afterId)
  return query.orderBy('id').limit(limit).execute()
}

export function findTeam(db: Database, accountId: number, id: number) {
  return teams(db, accountId).where('id', '=', id).executeTakeFirst()
}

/** Undefined when another team has the name. */
export function insertTeam(
  db: Database,
  accountId: number,
  name: string,
): Promise<TeamRow | undefined> {
  return db
    .insertInto('teams')
    .values({ account_id: accountId, name })
    .onConflict((conflict) => conflict.doNothing())
    .returningAll()
    .executeTakeFirst()
}

export async function isTeamNameTaken(
  db: Database,
  accountId: number,
  name: string,
  exceptId: number,
): Promise<boolean> {
  const row = await teams(db, accountId)
    .where(sql<string>`lower(name)`, '=', name.toLowerCase())
    .where('id', '<>', exceptId)
    .executeTakeFirst()
  return row !== undefined
}

export async function renameTeam(
  db: Database,
  accountId: number,
  id: number,
  name: string,
): Promise<void> {
  await db
    .updateTable('teams')
    .set({ name })
    .where('account_id', '=', accountId)
    .where('id', '=', id)
    .execute()
}

/** Its conversations are no team's then; rules that name it say so in their receipts. */
export async function removeTeam(db: Database, accountId: number, id: number): Promise<void> {
  await inTransaction(db, async (trx) => {
    await trx
      .updateTable('conversations')
      .set({ team_id: null, updated_at: sql`now()` })
      .where('account_id', '=', accountId)
      .where('team_id', '=', id)
      .execute()
    await trx.deleteFrom('teams').where('account_id', '=', accountId).where('id', '=', id).execute()
  })
}

export function listTeamMembers(
  db: Database,
  accountId: number,
  teamId: number,
): Promise<UserRow[]> {
  return db
    .selectFrom('users')
    .selectAll()
    .where('account_id', '=', accountId)
    .where('deleted_at', 'is', null)
    .where('id', 'in', (eb) =>
      eb
        .selectFrom('team_members')
        .select('user_id')
        .where('account_id', '=', accountId)
        .where('team_id', '=', teamId),
    )
    .orderBy('id')
    .execute()
}

/** Exactly these are its members from now on. */
export async function setTeamMembers(
  db: Database,
  accountId: number,
  teamId: number,
  userIds: readonly number[],
): Promise<void> {
  await inTransaction(db, async (trx) => {
    await trx
      .deleteFrom('team_members')
      .where('account_id', '=', accountId)
      .where('team_id', '=', teamId)
      .execute()
    if (userIds.length === 0) return
    const rows = [...new Set(userIds)].map((user_id) => ({
      account_id: accountId,
      team_id: teamId,
      user_id,
    }))
    await trx.insertInto('team_members').values(rows).execute()
  })
}

function teams(db: Database, accountId: number) {
  return db.selectFrom('teams').selectAll().where('account_id', '=', accountId)
}
