// The first start of an installation: one account with an administrator, a key and ClaudIA.
import { sql } from 'kysely'
import type { Config } from '../config.ts'
import { firstAccount } from '../db/accounts.ts'
import type { Database } from '../db/client.ts'
import type { Vault } from '../db/encryption.ts'
import { saveBot } from '../db/integrations.ts'
import { createAccount } from '../messaging/create-account.ts'
import { invitationLink } from './invitations.ts'

/** Any constant, as long as every API process takes the same: two may start at once. */
const LOCK = 7_203_115

interface Parts {
  db: Database
  vault: Vault
  config: Config
}

/**
 * Undefined when there is an account already; `key` is null when the environment gave it. `link` is
 * where the first administrator sets a password.
 */
export async function firstRun(
  parts: Parts,
): Promise<{ accountId: number; key: string | null; link: string } | undefined> {
  if ((await firstAccount(parts.db)) !== undefined) return undefined
  return parts.db.connection().execute(async (holder) => {
    await sql`select pg_advisory_lock(${LOCK}::bigint)`.execute(holder)
    try {
      return await makeAccount(parts)
    } finally {
      await sql`select pg_advisory_unlock(${LOCK}::bigint)`.execute(holder)
    }
  })
}

async function makeAccount({ db, vault, config }: Parts) {
  if ((await firstAccount(db)) !== undefined) return undefined
  const { accountName, locale, adminEmail, claudiaEndpoint, claudiaSecret } = config.firstRun
  const { account, admin, claudia, adminKey } = await createAccount(db, {
    name: accountName,
    locale,
    adminName: 'Administrator',
    adminEmail,
    adminKey: config.adminApiKey ?? undefined,
  })
  if (claudiaEndpoint !== null && claudiaSecret !== null) {
    const sealed = vault.seal({ accountId: account.id, row: `bots/${claudia.id}` }, claudiaSecret)
    await saveBot(db, account.id, claudia.id, claudiaEndpoint, sealed)
  }
  const { url: link } = invitationLink({ config, clock: () => new Date() }, admin)
  return { accountId: account.id, key: config.adminApiKey === null ? adminKey : null, link }
}
