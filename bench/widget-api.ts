// A web widget for the benchmarks: a durable Postgres, one API process, and agents who answer through
// it. No worker and no Temporal: what visitors and agents write reaches the other side without them.
import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { openDatabase } from '../db/client.ts'
import { migrate } from '../db/migrate.ts'
import { createAccount } from '../messaging/create-account.ts'
import { startChild, untilReady } from '../scripts/servers/child-process.ts'
import { freePort } from '../scripts/servers/ports.ts'
import { startPostgres } from '../scripts/servers/postgres.ts'

export type WidgetApi = Awaited<ReturnType<typeof openWidgetApi>>

const root = join(import.meta.dirname, '..')
const key = Buffer.alloc(32, 5)

/** `publicUrl`: of the API as browsers call it, by its port. */
export async function openWidgetApi(publicUrl = (port: number) => `http://127.0.0.1:${port}`) {
  // Not /tmp, which is memory on many systems: nothing is durable there and fsync costs nothing.
  const dir = mkdtempSync(join(process.env.TMPDIR ?? '/var/tmp', 'bench-'))
  const postgres = await startPostgres({ dataDir: join(dir, 'postgres') })
  await migrate(postgres.url)
  const db = openDatabase(postgres.url, { max: 10 })
  const { account, adminKey } = await createAccount(db, {
    name: 'Bench',
    adminName: 'Bench',
    adminEmail: 'bench@example.test',
  })
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const api = await startChild(process.execPath, ['api/main.ts'], {
    cwd: root,
    env: {
      ...process.env,
      PORT: String(port),
      PUBLIC_URL: publicUrl(port),
      DATABASE_URL: postgres.url,
      ENCRYPTION_KEYS: `bench:${key.toString('base64')}`,
      STORAGE_DIR: join(dir, 'storage'),
      LOG_LEVEL: 'warn',
      RATE_LIMIT: '1000000',
    },
  })
  await untilReady(api, 'The API', async () => (await fetch(`${url}/health/ready`)).ok)

  /** An agent's call below the account. @throws Error unless it succeeds */
  async function call<T>(method: string, path: string, body?: object): Promise<T> {
    const reply = await fetch(`${url}/api/v1/accounts/${account.id}${path}`, {
      method,
      headers: {
        api_access_token: adminKey,
        ...(body ? { 'content-type': 'application/json' } : {}),
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
    })
    if (!reply.ok) throw new Error(`${method} ${path}: ${reply.status} ${await reply.text()}`)
    return (await reply.json()) as T
  }

  const { id: inboxId, settings } = await call<{
    id: number
    settings: { website_token: string }
  }>('POST', '/widgets', { name: 'Site', join_default_rules: false })
  // What its workflow does.
  await db.updateTable('inboxes').set({ phase: 'active' }).where('id', '=', inboxId).execute()
  return {
    db,
    url,
    publicUrl: publicUrl(port),
    pid: api.pid,
    accountId: account.id,
    inboxId,
    websiteToken: settings.website_token,
    adminKey,
    call,
    async stop() {
      await api.stop()
      await db.destroy()
      await postgres.stop()
      rmSync(dir, { recursive: true, force: true })
    },
  }
}
