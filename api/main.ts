// The API program: puts the parts together, makes the first account, listens, ends gracefully.
import { Client, Connection } from '@temporalio/client'
import { loadClientConnectConfig } from '@temporalio/envconfig'
import { createChannels } from '../channels/registry.ts'
import { configOrExit } from '../config.ts'
import { openDatabase } from '../db/client.ts'
import { createVault } from '../db/encryption.ts'
import { openStorage } from '../storage/open-storage.ts'
import { createTemporalVerbs } from '../temporal/client.ts'
import { converterWith } from '../temporal/payload-codec.ts'
import { buildApp } from './app.ts'
import { firstRun } from './first-run.ts'
import { createLogger } from './logging.ts'
import { keepPresence } from './presence.ts'

/** After SIGTERM: requests have this long to finish. */
const END_WITHIN_MS = 30_000

const config = configOrExit()
const logger = createLogger(config.logLevel)
const db = openDatabase(config.databaseUrl, { max: 20 })
const vault = createVault(config.encryptionKeys)
const profile = loadClientConnectConfig().connectionOptions
// Lazy: without Temporal messages are still accepted, and only updates answer 503.
const connection = Connection.lazy({
  ...profile,
  address: profile.address ?? config.temporal.address,
})
const client = new Client({
  connection,
  namespace: config.temporal.namespace,
  ...converterWith(config.payloadKeys),
})
const deps = {
  config,
  db,
  vault,
  channels: createChannels({
    policy: config,
    google: config.google,
    microsoft: config.microsoft,
    meta: config.meta,
  }),
  temporal: createTemporalVerbs(client),
  storage: openStorage(config),
  clock: () => new Date(),
  logger,
}
const app = await buildApp(deps)

const first = await firstRun({ db, vault, config })
if (first !== undefined) {
  logger.info({ account_id: first.accountId }, 'The first account was made')
  // On the terminal, not in the log: this is the only time that it is shown.
  if (first.key !== null) {
    process.stdout.write(`\nAdministrator key, shown only now: ${first.key}\n\n`)
  }
  process.stdout.write(`Set the administrator's password: ${first.link}\n\n`)
}
await app.listen({ host: config.host, port: config.port })
const leave = keepPresence(deps)
logger.info({ url: config.publicUrl, port: config.port }, 'The API listens')

let ending = false
async function end(signal: string): Promise<void> {
  if (ending) return
  ending = true
  logger.info({ signal }, 'The API stops')
  setTimeout(() => process.exit(1), END_WITHIN_MS).unref()
  leave()
  await app.close()
  await Promise.all([db.destroy(), connection.close()])
  process.exit(0)
}
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => end(signal))
