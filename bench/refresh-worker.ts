// The worker of bench/refresh.ts: as workers/main.ts composes it, for a provider of our own.
import { Client, Connection } from '@temporalio/client'
import { NativeConnection } from '@temporalio/worker'
import pino from 'pino'
import { DEFAULT_TUNING } from '../activities/deps.ts'
import { createChannels } from '../channels/registry.ts'
import { configOrExit } from '../config.ts'
import { openDatabase } from '../db/client.ts'
import { createVault } from '../db/encryption.ts'
import { openStorage } from '../storage/open-storage.ts'
import { createTemporalVerbs } from '../temporal/client.ts'
import { CLIENT } from '../test/simulators/identity-provider.ts'
import { listenToInboxChanges } from '../workers/inbox-changes.ts'
import { startRelay } from '../workers/relay.ts'
import { startWorkers } from '../workers/worker.ts'
import { HOSTS } from './many-inboxes.ts'

const { endpoints, imapPort, smtpPort } = JSON.parse(process.env.BENCH_PROVIDER!)
const config = configOrExit()
const logger = pino({ level: 'info', serializers: { error: pino.stdSerializers.err } })
const { address, namespace } = config.temporal
const connection = await NativeConnection.connect({ address })
const client = new Client({ connection: await Connection.connect({ address }), namespace })
const db = openDatabase(config.databaseUrl, { max: 30 })
let dialled = 0
const google = {
  ...CLIENT,
  endpoints,
  /** Another address of the server each time: one alone bears fewer logins than are measured here. */
  get servers() {
    const local = { host: HOSTS[dialled++ % HOSTS.length]!, encryption: 'none' as const }
    return { imap: { ...local, port: imapPort }, smtp: { ...local, port: smtpPort } }
  },
}
const workers = await startWorkers({
  connection,
  namespace,
  bundle: { codePath: config.workflowBundle! },
  watchSlots: config.watchSlots,
  deps: {
    db,
    vault: createVault(config.encryptionKeys),
    storage: openStorage(config),
    channels: createChannels({ policy: config, google }),
    policy: config,
    changes: await listenToInboxChanges(config.databaseUrl),
    clock: () => new Date(),
    logger,
    links: config,
    tuning: DEFAULT_TUNING,
  },
})
const temporal = createTemporalVerbs(client)
const relay = await startRelay({ db, databaseUrl: config.databaseUrl, temporal, logger })
logger.info('The worker runs')
process.once('SIGTERM', async () => {
  await relay.stop()
  await workers.stop()
  process.exit(0)
})
