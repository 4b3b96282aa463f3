// Administrators, agents and bots of an account, and who works in which inbox.

import type { Selectable } from 'kysely'
import { type Database, inTransaction } from './client.ts'
import { leaveConversations } from './left-conversations.ts'
import type { UserTable } from './schema/accounts.ts'

export type UserRow = Selectable<UserTable>

/** Key of the account's AI agent. */
export const CLAUDIA = 'claudia'

export async function insertUser(
  db: Database,
  user: {
    accountId: number
    name: string
    email: string
    role: UserRow['role']
    key?: string | undefined
  },
): Promise<UserRow> {
  const { accountId, ...values } = user
  return db
    .insertInto('users')
    .values({ account_id: accountId, ...values })
    .returningAll()
    .executeTakeFirstOrThrow()
}

export function findUser(db: Database, accountId: number, id: number) {
  return users(db, accountId).where('id', '=', id).executeTakeFirst()
}

export function findUserByKey(db: Database, accountId: number, key: string) {
  return users(db, accountId).where('key', '=', key).executeTakeFirst()
}

/** Members of an inbox, without those a person has removed. */
export function listMembers(db: Database, accountId: number, inboxId: number): Promise<UserRow[]> {
  return users(db, accountId)
    .where('id', 'in', (eb) =>
      eb
        .selectFrom('inbox_members')
        .select('user_id')
        .where('account_id', '=', accountId)
        .where('inbox_id', '=', inboxId)
        .where('removed_by_person', '=', false),
    )
    .orderBy('id')
    .execute()
}

/** `byPerson` also brings back a member whom a person had removed; the system never does. */
export async function addMembers(
  db: Database,
  accountId: number,
  inboxId: number,
  userIds: readonly number[],
  { byPerson }: { byPerson: boolean },
): Promise<void> {
  if (userIds.length === 0) return
  const rows = [...new Set(userIds)].map((user_id) => ({
    account_id: accountId,
    inbox_id: inboxId,
    user_id,
  }))
  await db
    .insertInto('inbox_members')
    .values(rows)
    .onConflict((conflict) => {
      const columns = conflict.columns(['account_id', 'inbox_id', 'user_id'])
      return byPerson ? columns.doUpdateSet({ removed_by_person: false }) : columns.doNothing()
    })
    .execute()
}

/** Remembered, so that joining the default rules never undoes it. Administrators keep what they have. */
export async function removeMember(
  db: Database,
  accountId: number,
  inboxId: number,
  userId: number,
): Promise<void> {
  await inTransaction(db, async (trx) => {
    await trx
      .insertInto('inbox_members')
      .values({
        account_id: accountId,
        inbox_id: inboxId,
        user_id: userId,
        removed_by_person: true,
      })
      .onConflict((conflict) =>
        conflict
          .columns(['account_id', 'inbox_id', 'user_id'])
          .doUpdateSet({ removed_by_person: true }),
      )
      .execute()
    const user = await findUser(trx, accountId, userId)
    if (user?.role === 'administrator') return
    await leaveConversations(trx, accountId, { userId, inboxId })
  })
}

function users(db: Database, accountId: number) {
  return db
    .selectFrom('users')
    .selectAll()
    .where('account_id', '=', accountId)
    .where('deleted_at', 'is', null)
}
