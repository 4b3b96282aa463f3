// The worker as it is deployed: the program itself, told by its environment, ended by SIGTERM.
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client, Connection } from '@temporalio/client'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createVault } from '../../db/encryption.ts'
import { createAccount } from '../../messaging/create-account.ts'
import { createInbox } from '../../messaging/create-inbox.ts'
import { startTemporal } from '../../scripts/servers/temporal.ts'
import { workflowIds } from '../../temporal/contracts.ts'
import { createTestDatabase } from '../support/database.ts'
import { type Mailbox, startMailbox } from '../support/mail-server.ts'
import { waitFor } from '../support/wait-for.ts'
import { formOf } from './platform.ts'

const root = join(import.meta.dirname, '../..')
const key = Buffer.alloc(32, 9)
let temporal: Awaited<ReturnType<typeof startTemporal>>
let database: Awaited<ReturnType<typeof createTestDatabase>>
let mailbox: Mailbox
let storageDir: string
let worker: ChildProcess
let output = ''

beforeAll(async () => {
  ;[temporal, database, mailbox] = await Promise.all([
    startTemporal(),
    createTestDatabase(),
    startMailbox(),
  ])
  storageDir = mkdtempSync(join(tmpdir(), 'storage-'))
})
afterAll(async () => {
  worker?.kill('SIGKILL')
  await mailbox?.stop()
  await Promise.all([temporal?.stop(), database?.drop()])
  rmSync(storageDir, { recursive: true, force: true })
})

const ended = (program: ChildProcess) =>
  new Promise<number | null>((resolve) => program.once('exit', (code) => resolve(code)))

test('the program starts what was ordered, is healed from rows alone, and ends within seconds', async () => {
  const { db, url } = database
  const account = await createAccount(db, {
    name: 'Shop',
    adminName: 'Ana',
    adminEmail: 'ana@shop.test',
  })
  const { settings, credentials } = formOf(mailbox)
  const { inboxId } = await createInbox(db, createVault([{ id: 'k1', key }]), {
    accountId: account.account.id,
    name: 'Support',
    channel: 'email',
    address: mailbox.address,
    settings: { ...settings },
    credentials: { ...credentials },
  })
  // As if the order had been relayed to a Temporal that was lost since.
  await db.updateTable('outbox').set({ relayed_at: new Date() }).execute()

  worker = spawn(process.execPath, ['workers/main.ts'], {
    cwd: root,
    env: {
      PATH: process.env.PATH,
      DATABASE_URL: url,
      TEMPORAL_ADDRESS: temporal.address,
      ENCRYPTION_KEYS: `k1:${key.toString('base64')}`,
      STORAGE_DIR: storageDir,
      ALLOW_HOSTS: '127.0.0.0/8',
    },
  })
  for (const stream of [worker.stdout!, worker.stderr!]) {
    stream.on('data', (chunk) => {
      output += chunk
    })
  }
  const phase = async () =>
    (await db.selectFrom('inboxes').select('phase').executeTakeFirstOrThrow()).phase
  await waitFor(async () => (await phase()) === 'active', { what: 'the inbox' }).catch((error) => {
    throw new Error(`${error.message}\n${output}`)
  })

  const connection = await Connection.connect({ address: temporal.address })
  const client = new Client({ connection })
  const { status } = await client.workflow.getHandle(workflowIds.inbox(inboxId)).describe()
  expect(status.name).toBe('RUNNING')
  await connection.close()

  const begun = Date.now()
  const exit = ended(worker)
  worker.kill('SIGTERM')
  expect(await exit).toBe(0)
  expect(Date.now() - begun).toBeLessThan(15_000)
  expect(output).not.toContain(mailbox.password)
})
