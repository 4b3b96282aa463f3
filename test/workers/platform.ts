// The worker side of the platform for a test: its own Temporal and database, real workers and
// relay, and mailboxes on real servers. The queues have fixed names, so a test file owns a server.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client, Connection } from '@temporalio/client'
import { NativeConnection } from '@temporalio/worker'
import pino from 'pino'
import { type ActivityDeps, DEFAULT_TUNING, type Tuning } from '../../activities/deps.ts'
import { validateEmailForm } from '../../channels/email/index.ts'
import { createChannels } from '../../channels/registry.ts'
import { createVault } from '../../db/encryption.ts'
import { findInbox } from '../../db/inboxes.ts'
import { createAccount } from '../../messaging/create-account.ts'
import { createInbox } from '../../messaging/create-inbox.ts'
import { startTemporal } from '../../scripts/servers/temporal.ts'
import { openStorage } from '../../storage/open-storage.ts'
import { createTemporalVerbs } from '../../temporal/client.ts'
import { converterWith, type PayloadKey } from '../../temporal/payload-codec.ts'
import { listenToInboxChanges } from '../../workers/inbox-changes.ts'
import { startRelay } from '../../workers/relay.ts'
import { startWordIndex } from '../../workers/word-index.ts'
import { startWorkers } from '../../workers/worker.ts'
import { recordHistories } from '../replay/record-histories.ts'
import { createTestDatabase } from '../support/database.ts'
import type { Mailbox } from '../support/mail-server.ts'
import { workflowBundle } from '../support/shared-servers.ts'

export type Platform = Awaited<ReturnType<typeof startPlatform>>

const policy = { allowHosts: ['127.0.0.0/8'] }

export interface PlatformOptions {
  /** Shortens what a test would wait for. */
  tuning?: Partial<Tuning>
  /** What the activities take for now. */
  clock?: () => Date
  /** Mailboxes one worker may watch by IDLE. */
  watchSlots?: number
  /** The operator's mail relay; without one administrators get no mail. */
  systemMailer?: ActivityDeps['systemMailer']
  /** Of a malware scanner. */
  clamdAddress?: string
  /** Others than email alone. */
  channels?: ActivityDeps['channels']
  /** Where providers find our API. */
  publicUrl?: string
  /** What the first worker runs. */
  release?: Release
  /** Of the payload codec; none: Temporal keeps payloads as they are. */
  payloadKeys?: readonly PayloadKey[]
}

/** Where a worker differs from the first. */
export type WorkerOptions = Pick<PlatformOptions, 'release' | 'payloadKeys'>

/** Workflow code, and its version when its workers are to be told from those of another. */
export interface Release {
  codePath: string
  version?: string
}

/** Call stop() in afterAll. */
export async function startPlatform({
  tuning = {},
  clock = () => new Date(),
  watchSlots = 50,
  systemMailer,
  clamdAddress = '',
  channels = createChannels({ policy }),
  publicUrl = 'https://chat.test',
  release,
  payloadKeys = [],
}: PlatformOptions = {}) {
  const [server, database, bundle] = await Promise.all([
    startTemporal(),
    createTestDatabase(),
    workflowBundle(),
  ])
  const storageDir = mkdtempSync(join(tmpdir(), 'storage-'))
  const { address, namespace } = server
  const clientConnection = await Connection.connect({ address })
  const client = new Client({
    connection: clientConnection,
    namespace,
    ...converterWith(payloadKeys),
  })
  const temporal = createTemporalVerbs(client)
  const { db, url: databaseUrl } = database
  const logger = pino({ level: 'silent' })
  const vault = createVault([{ id: 'test', key: Buffer.alloc(32, 7) }])
  const storage = openStorage({ storageDir, s3: null, clamdAddress })
  const created = await createAccount(db, {
    name: 'Shop',
    adminName: 'Ana',
    adminEmail: 'ana@shop.test',
  })
  const accountId = created.account.id
  const administratorId = created.admin.id
  const claudiaId = created.claudia.id

  /** One worker process, as workers/main.ts composes it. */
  async function addWorker({
    release: { codePath, version } = release ?? bundle,
    payloadKeys: keys = payloadKeys,
  }: WorkerOptions = {}) {
    // One connection may serve one worker of a queue; processes have their own anyway.
    const connection = await NativeConnection.connect({ address })
    const changes = await listenToInboxChanges(databaseUrl)
    const workers = await startWorkers({
      connection,
      namespace,
      bundle: { codePath },
      version,
      payloadKeys: keys,
      watchSlots,
      shutdownGraceTime: '2 seconds',
      deps: {
        db,
        vault,
        storage,
        channels,
        policy,
        changes,
        clock,
        logger,
        systemMailer,
        links: { publicUrl, encryptionKeys: [{ key: Buffer.alloc(32, 7) }] },
        tuning: { ...DEFAULT_TUNING, confirmPasswordMs: 300, ...tuning },
      },
    })
    const relay = await startRelay({ db, databaseUrl, temporal, logger })
    const wordIndex = startWordIndex({ db, logger })
    let stopped = false
    return {
      async stop() {
        if (stopped) return
        stopped = true
        await relay.stop()
        await wordIndex.stop()
        await workers.stop()
        await changes.end()
        await connection.close()
      },
    }
  }
  const workers = [await addWorker()]

  return {
    db,
    databaseUrl,
    client,
    temporal,
    accountId,
    administratorId,
    claudiaId,
    vault,
    channels,
    storage,
    storageDir,
    server,
    async addWorker(options?: WorkerOptions) {
      const worker = await addWorker(options)
      workers.push(worker)
      return worker
    },
    firstWorker: workers[0]!,
    /** As the API does it, so the relay starts the workflow. */
    async connect(mailbox: Mailbox, options: Partial<Parameters<typeof createInbox>[2]> = {}) {
      const form = formOf(mailbox)
      const created = await createInbox(db, vault, {
        accountId,
        actorUserId: administratorId,
        name: 'Support',
        channel: 'email',
        address: mailbox.address,
        settings: { ...form.settings },
        credentials: { ...form.credentials },
        ...options,
      })
      return { accountId: created.inbox.account_id, inboxId: created.inboxId }
    },
    row: async (ref: { accountId: number; inboxId: number }) =>
      (await findInbox(db, ref.accountId, ref.inboxId))!,
    /** Contents of the inbox's messages, in the order they were stored. */
    async messages(ref: { accountId: number; inboxId: number }) {
      return db
        .selectFrom('messages')
        .selectAll()
        .where('account_id', '=', ref.accountId)
        .where('inbox_id', '=', ref.inboxId)
        .orderBy('id')
        .execute()
    },
    async stop() {
      await recordHistories(client)
      await Promise.all(workers.map((worker) => worker.stop()))
      await clientConnection.close()
      await Promise.all([server.stop(), database.drop()])
      rmSync(storageDir, { recursive: true, force: true })
    },
  }
}

/** What a person would type for this mailbox. */
export function formOf(mailbox: Mailbox, password = mailbox.password) {
  const server = { host: '127.0.0.1', encryption: 'none', login: mailbox.address, password }
  return validateEmailForm(
    {
      address: mailbox.address,
      imap: { ...server, port: mailbox.imap.port },
      smtp: { ...server, port: mailbox.smtp.port },
    },
    policy,
  )
}
