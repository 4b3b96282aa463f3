// Everything as it is deployed, on servers of its own that a test may kill: Postgres, Temporal, and
// workers that are real processes. Mailboxes and ClaudIA's bot come beside it.
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Client, Connection } from '@temporalio/client'
import { bundleWorkflowCode } from '@temporalio/worker'
import { openDatabase } from '../../db/client.ts'
import { createVault } from '../../db/encryption.ts'
import { saveBot } from '../../db/integrations.ts'
import { migrate } from '../../db/migrate.ts'
import { createAccount } from '../../messaging/create-account.ts'
import { createInbox } from '../../messaging/create-inbox.ts'
import { type Child, startChild } from '../../scripts/servers/child-process.ts'
import { freePort } from '../../scripts/servers/ports.ts'
import { startPostgres } from '../../scripts/servers/postgres.ts'
import { startTemporal } from '../../scripts/servers/temporal.ts'
import { createTemporalVerbs } from '../../temporal/client.ts'
import type { Mailbox } from '../support/mail-server.ts'
import { waitFor } from '../support/wait-for.ts'
import { formOf } from '../workers/platform.ts'
import { startTestBot } from './test-bot.ts'

export type World = Awaited<ReturnType<typeof startWorld>>
export interface InboxRef {
  accountId: number
  inboxId: number
}
export interface WorldOptions {
  /** For every program, beside what it needs. */
  env?: Record<string, string>
  /** Of the account's bot. */
  botSecret?: string
}

const root = fileURLToPath(new URL('../..', import.meta.url))
const key = Buffer.alloc(32, 5)

/** Call stop() in afterAll. Starts no worker yet. */
export async function startWorld(options: WorldOptions = {}) {
  const dir = mkdtempSync(join(tmpdir(), 'world-'))
  // Postgres runs as another user and must be able to enter.
  chmodSync(dir, 0o755)
  const bundlePath = join(dir, 'workflow-bundle.js')
  const [postgres, temporal, bot] = await Promise.all([
    // Durable: a crash must lose nothing that was committed.
    startPostgres({ dataDir: join(dir, 'postgres') }),
    startTemporal({ dbFile: join(dir, 'temporal', 'state.db') }),
    startTestBot(options.botSecret ?? 'whsec_c2VjcmV0'),
    impatientBundle().then((code) => writeFileSync(bundlePath, code)),
  ])
  await migrate(postgres.url)
  const db = openDatabase(postgres.url, { max: 4 })
  const vault = createVault([{ id: 'k1', key }])
  const created = await createAccount(db, {
    name: 'Shop',
    adminName: 'Ana',
    adminEmail: 'ana@shop.test',
  })
  const accountId = created.account.id
  const claudiaId = created.claudia.id
  const sealed = vault.seal({ accountId, row: `bots/${claudiaId}` }, bot.secret)
  await saveBot(db, accountId, claudiaId, bot.url, sealed)
  const storageDir = join(dir, 'storage')
  mkdirSync(storageDir)
  const env = {
    PATH: process.env.PATH,
    // A worker that stands still in a transaction is noticed as soon as a killed one.
    DATABASE_URL: `${postgres.url}?idle_in_transaction_session_timeout=5000`,
    TEMPORAL_ADDRESS: temporal.address,
    ENCRYPTION_KEYS: `k1:${key.toString('base64')}`,
    STORAGE_DIR: storageDir,
    ALLOW_HOSTS: '127.0.0.0/8',
    CONFIRM_PASSWORD_SECONDS: '0.3',
    ...options.env,
  }
  const { address, namespace } = temporal
  const connection = Connection.lazy({ address })
  const client = new Client({ connection, namespace })
  const programs: Child[] = []
  const logged: string[] = []

  async function startProgram(file: string, sign: string, more: Record<string, string>) {
    let serves = false
    const program = await startChild(process.execPath, [file], {
      cwd: root,
      env: { ...env, ...more },
      log: (line) => {
        logged.push(line)
        if (line.includes(sign)) serves = true
      },
    })
    programs.push(program)
    await waitFor(() => serves || program.ended, { what: `"${sign}"` })
    if (program.ended) throw new Error(`${program.ended}\n${program.lastLines()}`)
    return program
  }

  const startApiAt = (port: number, more: Record<string, string> = {}) =>
    startProgram('api/main.ts', 'The API listens', { PORT: String(port), ...more })

  return {
    postgres,
    temporal,
    bot,
    db,
    vault,
    client,
    verbs: createTemporalVerbs(client),
    accountId,
    adminKey: created.adminKey,
    administratorId: created.admin.id,
    claudiaId,
    storageDir,
    env,
    /** Every line of every program. */
    logged,
    /** workers/main.ts as a process; serves once it says so. */
    startWorker: (more: Record<string, string> = {}) =>
      startProgram('workers/main.ts', 'The worker runs', { WORKFLOW_BUNDLE: bundlePath, ...more }),
    /** api/main.ts as a process; resolves with its address. */
    async startApi(): Promise<string> {
      const port = await freePort()
      await startApiAt(port)
      return `http://127.0.0.1:${port}`
    },
    /** The same where its address has to be known before, or it has to be killed. */
    startApiAt,
    /** As the API does it, through `port` when a proxy stands before the mailbox. */
    async connect(mailbox: Mailbox, port = mailbox.imap.port): Promise<InboxRef> {
      const form = formOf({ ...mailbox, imap: { ...mailbox.imap, port } })
      const { inboxId } = await createInbox(db, vault, {
        accountId,
        actorUserId: created.admin.id,
        name: 'Support',
        channel: 'email',
        address: mailbox.address,
        settings: { ...form.settings },
        credentials: { ...form.credentials },
      })
      return { accountId, inboxId }
    },
    async stop() {
      await Promise.all(programs.map((program) => program.stop('SIGKILL')))
      await Promise.all([db.destroy(), connection.close()])
      await Promise.all([postgres.stop(), temporal.stop(), bot.stop()])
      rmSync(dir, { recursive: true, force: true })
    },
  }
}

async function impatientBundle(): Promise<string> {
  const { code } = await bundleWorkflowCode({
    workflowsPath: join(root, 'workflows/index.ts'),
    workflowInterceptorModules: [join(root, 'test/e2e/impatient-timeouts.ts')],
  })
  return code
}
