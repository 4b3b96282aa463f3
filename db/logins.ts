// How people log in: their passwords, and the sessions that end with them. Keys: api-keys.ts.
import { type Selectable, sql } from 'kysely'
import { type Database, inTransaction } from './client.ts'
import type { UserTable } from './schema/accounts.ts'

export type LoginRow = Selectable<UserTable>

/** One address may be a person of several accounts. Oldest first, at most ten. */
export function findLogins(db: Database, email: string): Promise<LoginRow[]> {
  return people(db)
    .where(sql<string>`lower(email)`, '=', email.toLowerCase())
    .where('password_hash', 'is not', null)
    .orderBy('id')
    .limit(10)
    .execute()
}

export function findLogin(
  db: Database,
  accountId: number,
  userId: number,
): Promise<LoginRow | undefined> {
  return people(db).where('account_id', '=', accountId).where('id', '=', userId).executeTakeFirst()
}

/**
 * Ends every session of the person: whoever knew the old password is out. False, and nothing done,
 * when it is not the password of `login` any more or the person is gone.
 */
export function setPassword(db: Database, login: LoginRow, passwordHash: string): Promise<boolean> {
  return inTransaction(db, async (trx) => {
    const row = await trx
      .updateTable('users')
      .set({ password_hash: passwordHash })
      .where('account_id', '=', login.account_id)
      .where('id', '=', login.id)
      .where('password_hash', 'is not distinct from', login.password_hash)
      .where('deleted_at', 'is', null)
      .returning('id')
      .executeTakeFirst()
    if (row === undefined) return false
    await trx
      .updateTable('api_keys')
      .set({ revoked_at: sql`now()` })
      .where('account_id', '=', login.account_id)
      .where('user_id', '=', login.id)
      .where('session_expires_at', 'is not', null)
      .where('revoked_at', 'is', null)
      .execute()
    return true
  })
}

function people(db: Database) {
  return db
    .selectFrom('users')
    .selectAll()
    .where('deleted_at', 'is', null)
    .where('role', '<>', 'bot')
}
