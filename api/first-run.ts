// The first start of an installation: one account with an administrator, a key and ClaudIA.
import { sql } from 'kysely'
import type { Config } from '../config.ts'
import { firstAccount } from '../db/accounts.ts'
import { insertApiKey } from '../db/api-keys.ts'
import { type Database, inTransaction } from '../db/client.ts'
import type { Vault } from '../db/encryption.ts'
import { saveBot } from '../db/integrations.ts'
import { createAccount } from '../messaging/create-account.ts'
import { hashKey, newKey } from './auth.ts'

/** Any constant, as long as every API process takes the same: two may start at once. */
const LOCK = 7_203_115

/** Undefined when there is an account; `key` is null when the environment gave it. */
export async function firstRun({
  db,
  vault,
  config,
}: {
  db: Database
  vault: Vault
  config: Config
}): Promise<{ accountId: number; key: string | null } | undefined> {
  const { accountName, locale, adminEmail, claudiaEndpoint, claudiaSecret } = config.firstRun
  return inTransaction(db, async (trx) => {
    await sql`select pg_advisory_xact_lock(${LOCK}::bigint)`.execute(trx)
    if ((await firstAccount(trx)) !== undefined) return undefined
    const made = await createAccount(trx, {
      name: accountName,
      locale,
      administrator: { name: 'Administrator', email: adminEmail },
    })
    const { accountId } = made
    const key = config.adminApiKey ?? newKey()
    await insertApiKey(trx, {
      accountId,
      userId: made.administratorId,
      name: 'First run',
      prefix: key.slice(0, 12),
      hash: hashKey(key),
      role: 'administrator',
    })
    if (claudiaEndpoint !== null && claudiaSecret !== null) {
      const sealed = vault.seal({ accountId, row: `bots/${made.claudiaId}` }, claudiaSecret)
      await saveBot(trx, accountId, made.claudiaId, claudiaEndpoint, sealed)
    }
    return { accountId, key: config.adminApiKey === null ? key : null }
  })
}
