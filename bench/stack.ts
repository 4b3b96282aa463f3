// What every benchmark runs on: a durable Postgres, a Dovecot, an SMTP server, and platforms with
// the worker as a program of its own, so that its memory and CPU are its alone.
import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { openDatabase } from '../db/client.ts'
import { createVault } from '../db/encryption.ts'
import { migrate } from '../db/migrate.ts'
import { createAccount } from '../messaging/create-account.ts'
import { type Child, run, startChild, untilReady } from '../scripts/servers/child-process.ts'
import { type DovecotOptions, startDovecot } from '../scripts/servers/dovecot.ts'
import { startPostgres } from '../scripts/servers/postgres.ts'
import { startSmtp } from '../scripts/servers/smtp.ts'
import { startTemporal } from '../scripts/servers/temporal.ts'

export type Stack = Awaited<ReturnType<typeof startStack>>
export type Platform = Awaited<ReturnType<Stack['startPlatform']>>

/** Where private hosts may be dialled. */
export const policy = { allowHosts: ['127.0.0.0/8'] }
export const root = join(import.meta.dirname, '..')
/** What the Dockerfile sets. */
const asInTheImage = { MALLOC_ARENA_MAX: '2', NODE_OPTIONS: '--max-semi-space-size=16' }
const template = 'template_migrated'
const key = Buffer.alloc(32, 5)

/** Servers below one directory that `stop()` removes. `users`: passwords by address. */
export async function startStack(options: {
  users: Record<string, string>
  imap?: Partial<DovecotOptions>
}) {
  const { users } = options
  // Not /tmp, which is memory on many systems: nothing is durable there and fsync costs nothing.
  const dir = mkdtempSync(join(process.env.TMPDIR ?? '/var/tmp', 'bench-'))
  const bundle = join(dir, 'workflow-bundle.js')
  await run(process.execPath, ['workers/bundle.ts', bundle], { cwd: root })
  const dovecot = await startDovecot({ dir: join(dir, 'mail'), users, ...options.imap })
  const smtp = await startSmtp({ users })
  const postgres = await startPostgres({ dataDir: join(dir, 'postgres'), maxConnections: 300 })
  await postgres.createDatabase(template)
  await migrate(postgres.urlOf(template))
  let platforms = 0

  /** A fresh database and a fresh Temporal with one worker; what ran before leaves no trace. */
  async function startPlatform({
    program = 'workers/main.ts',
    env = {} as NodeJS.ProcessEnv,
  } = {}) {
    platforms += 1
    const name = `bench_${platforms}`
    await postgres.createDatabase(name, template)
    const databaseUrl = postgres.urlOf(name)
    const storageDir = join(dir, `storage-${platforms}`)
    const temporal = await startTemporal({ dbFile: join(dir, `temporal-${platforms}.db`) })
    const db = openDatabase(databaseUrl)
    const { account, admin, adminKey } = await createAccount(db, {
      name: 'Bench',
      adminName: 'Bench',
      adminEmail: 'bench@example.test',
    })
    const environment = {
      ...process.env,
      DATABASE_URL: databaseUrl,
      TEMPORAL_ADDRESS: temporal.address,
      ENCRYPTION_KEYS: `bench:${key.toString('base64')}`,
      STORAGE_DIR: storageDir,
      WORKFLOW_BUNDLE: bundle,
      ...asInTheImage,
      ALLOW_HOSTS: policy.allowHosts.join(','),
      ...env,
    }
    let worker = await startWorker(program, environment)
    return {
      db,
      databaseUrl,
      storageDir,
      accountId: account.id,
      administratorId: admin.id,
      adminKey,
      vault: createVault([{ id: 'bench', key }]),
      temporal,
      environment,
      get worker() {
        return worker
      },
      stopWorker: () => worker.stop(),
      async startWorker() {
        worker = await startWorker(program, environment)
        return worker
      },
      async stop() {
        await worker.stop()
        await temporal.stop()
        await db.destroy()
        await postgres.dropDatabase(name)
        rmSync(storageDir, { recursive: true, force: true })
      },
    }
  }

  return {
    dir,
    dovecot,
    smtp,
    postgres,
    startPlatform,
    async stop() {
      await Promise.all([dovecot.stop(), smtp.stop(), postgres.stop()])
      rmSync(dir, { recursive: true, force: true })
    },
  }
}

/** As it is deployed; resolves once it says that it runs. */
async function startWorker(program: string, env: NodeJS.ProcessEnv): Promise<Child> {
  let runs = false
  const log = (line: string) => {
    if (line.includes('The worker runs')) runs = true
    else if (/"level":(50|60)|rror/.test(line)) console.log(`worker: ${line.slice(0, 500)}`)
  }
  const worker = await startChild(process.execPath, [program], { cwd: root, env, log })
  await untilReady(worker, 'The worker', async () => runs)
  return worker
}
