// An account with what every account has: an administrator, ClaudIA's agent, the two default rules.

import { createHash, randomBytes } from 'node:crypto'
import { type AccountRow, insertAccount } from '../db/accounts.ts'
import { insertApiKey } from '../db/api-keys.ts'
import { type Database, inTransaction } from '../db/client.ts'
import { CLAUDIA, insertUser, type UserRow } from '../db/users.ts'
import { DEFAULT_RULES } from '../domain/default-rules.ts'

export interface NewAccount {
  name: string
  locale?: 'pt-BR' | 'en' | undefined
  timezone?: string | undefined
  adminName: string
  adminEmail: string
  /** Taken instead of a generated key. */
  adminKey?: string | undefined
}

export interface CreatedAccount {
  account: AccountRow
  admin: UserRow
  claudia: UserRow
  /** Shown once: only its hash is stored. */
  adminKey: string
}

/** 256 random bits behind a prefix by which secret scanners and people recognise a key. */
export function newApiKey(): string {
  return `cc_${randomBytes(32).toString('base64url')}`
}

export function createAccount(db: Database, wanted: NewAccount): Promise<CreatedAccount> {
  return inTransaction(db, async (trx) => {
    const { name, locale, timezone } = wanted
    const account = await insertAccount(trx, {
      name,
      ...(locale ? { locale } : {}),
      ...(timezone ? { timezone } : {}),
    })
    const accountId = account.id
    const admin = await insertUser(trx, {
      accountId,
      name: wanted.adminName,
      email: wanted.adminEmail,
      role: 'administrator',
    })
    const claudia = await insertUser(trx, {
      accountId,
      name: 'ClaudIA',
      // Not an address of anybody: `invalid` never resolves (RFC 2606).
      email: `claudia@account-${accountId}.invalid`,
      role: 'bot',
      key: CLAUDIA,
    })
    await trx
      .insertInto('automation_rules')
      .values(
        DEFAULT_RULES.map(({ key, name, event, conditions, actions }, position) => ({
          account_id: accountId,
          key,
          name,
          event,
          conditions: conditions([]),
          actions,
          position,
        })),
      )
      .execute()
    const adminKey = wanted.adminKey ?? newApiKey()
    await insertApiKey(trx, {
      accountId,
      userId: admin.id,
      name: 'First key',
      prefix: adminKey.slice(0, 7),
      hash: createHash('sha256').update(adminKey).digest(),
      role: 'administrator',
    })
    return { account, admin, claudia, adminKey }
  })
}
