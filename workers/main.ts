// The worker program: workers for every queue, the relay, and a graceful end.

import { setFlagsFromString } from 'node:v8'
import { Client, Connection } from '@temporalio/client'
import { loadClientConnectConfig } from '@temporalio/envconfig'
import { NativeConnection, Runtime } from '@temporalio/worker'
import pino from 'pino'
import { DEFAULT_TUNING } from '../activities/deps.ts'
import { createChannels } from '../channels/registry.ts'
import { configOrExit } from '../config.ts'
import { openDatabase } from '../db/client.ts'
import { createVault } from '../db/encryption.ts'
import { pingDatabase } from '../db/views/metrics.ts'
import { openStorage } from '../storage/open-storage.ts'
import { createTemporalVerbs } from '../temporal/client.ts'
import { converterWith } from '../temporal/payload-codec.ts'
import { bundleWorkflows, versionOf } from './bundle.ts'
import { serveHealth } from './health.ts'
import { listenToInboxChanges } from './inbox-changes.ts'
import { startRelay } from './relay.ts'
import { startWordIndex } from './word-index.ts'
import { startWorkers } from './worker.ts'

// Imports leave much that was only just old enough to be kept: collected at a quarter more memory
// instead of at twice as much.
setFlagsFromString('--heap-growing-percent=25')

const config = configOrExit()
const logger = pino({
  level: config.logLevel,
  base: { process: 'worker' },
  timestamp: pino.stdTimeFunctions.isoTime,
  serializers: { error: pino.stdSerializers.err },
})
/** Said at each start by queues of one kind, as if that were unusual. */
const USUAL = /^No (workflows|activities) registered, not polling/
Runtime.install({
  // The SDK's own words, through the same pen; its debug lines are of no use to operators.
  logger: {
    log: (level, message, meta) => logger.info({ level, ...meta }, message),
    trace: () => {},
    debug: () => {},
    info: (message, meta) => logger.debug(meta ?? {}, message),
    warn: (message, meta) => logger[USUAL.test(message) ? 'debug' : 'warn'](meta ?? {}, message),
    error: (message, meta) => logger.error(meta ?? {}, message),
  },
})

const profile = loadClientConnectConfig().connectionOptions
const options = { ...profile, address: profile.address ?? config.temporal.address }
const namespace = config.temporal.namespace
const [connection, clientConnection, bundle, version] = await Promise.all([
  NativeConnection.connect(options),
  Connection.connect(options),
  config.workflowBundle ? { codePath: config.workflowBundle } : bundleWorkflows(),
  config.workerVersioning ? versionOf(config.workflowBundle) : undefined,
])
const { payloadKeys } = config
const client = new Client({
  connection: clientConnection,
  namespace,
  ...converterWith(payloadKeys),
})
const temporal = createTemporalVerbs(client)

// Watchers and imports mostly wait, so a few connections serve many of them.
const db = openDatabase(config.databaseUrl, { max: 30 })
const changes = await listenToInboxChanges(config.databaseUrl)
const workers = await startWorkers({
  connection,
  namespace,
  bundle,
  version,
  payloadKeys,
  watchSlots: config.watchSlots,
  deps: {
    db,
    vault: createVault(config.encryptionKeys),
    storage: openStorage(config),
    channels: createChannels({
      policy: config,
      google: config.google,
      microsoft: config.microsoft,
      meta: config.meta,
      twilioOrigin: config.twilioUrl,
    }),
    policy: config,
    links: config,
    changes,
    clock: () => new Date(),
    logger,
    ...(config.systemMailer ? { systemMailer: config.systemMailer } : {}),
    tuning: {
      ...DEFAULT_TUNING,
      ...config.tuning,
      importDailyBytes: config.importDailyBytes,
      attachmentLimitBytes: config.attachmentLimitBytes,
      mailFilesBytes: config.mailFilesBytes,
      fileLinkDays: config.fileLinkDays,
    },
  },
})
const relay = await startRelay({ db, databaseUrl: config.databaseUrl, temporal, logger })
const wordIndex = startWordIndex({ db, logger })
const health = config.workerPort
  ? await serveHealth({
      host: config.host,
      port: config.workerPort,
      queues: workers.queues,
      database: () => pingDatabase(db),
    })
  : undefined
logger.info({ namespace, version, watch_slots: config.watchSlots }, 'The worker runs')

let ending = false
async function end(why: string, code: number): Promise<void> {
  if (ending) return
  ending = true
  logger.info({ why }, 'The worker stops')
  health?.leave()
  await relay.stop()
  await wordIndex.stop()
  await workers.stop()
  await changes.end()
  await db.destroy()
  await health?.close()
  await Promise.all([connection.close(), clientConnection.close()])
  process.exit(code)
}
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => end(signal, 0))
workers.done.then(
  () => end('workers ended', 1),
  (error) => {
    logger.error({ error: String(error) }, 'A worker failed')
    return end('a worker failed', 1)
  },
)
