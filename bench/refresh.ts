// Renewing access: polling inboxes whose tokens live a minute. Whoever asks its provider twice for one
// token wastes what providers count, and an event a renewal would fill histories.
// node bench/refresh.ts [--inboxes 1000] [--minutes 10] [--token-seconds 60]
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { Client, Connection } from '@temporalio/client'
import { startIdentityProvider } from '../test/simulators/identity-provider.ts'
import { connectAtOnce } from './connect.ts'
import { addresses, manyHosts, untilChecked, usersOf } from './many-inboxes.ts'
import { rounded } from './measure.ts'
import { startStack } from './stack.ts'

const { values } = parseArgs({
  options: {
    inboxes: { type: 'string', default: '1000' },
    minutes: { type: 'string', default: '10' },
    'token-seconds': { type: 'string', default: '60' },
  },
})
const all = addresses(Number(values.inboxes))
const windowMs = Number(values.minutes) * 60_000

const provider = await startIdentityProvider('google')
provider.tokenLifetimeS = Number(values['token-seconds'])
const stack = await startStack({
  users: usersOf(all),
  imap: { ...manyHosts, introspectionUrl: provider.introspection, hiddenCapabilities: ['IDLE'] },
})
const platform = await stack.startPlatform({
  program: 'bench/refresh-worker.ts',
  env: {
    BENCH_PROVIDER: JSON.stringify({
      endpoints: provider.endpoints,
      imapPort: stack.dovecot.port,
      smtpPort: stack.smtp.port,
    }),
  },
})
const connection = await Connection.connect({ address: platform.temporal.address })
const client = new Client({ connection, namespace: platform.temporal.namespace })
try {
  for (const address of all) {
    const settings = { address, folders: ['INBOX'], sync_sent: false }
    const credentials = provider.grant(address)
    const keepAliveAt = new Date(Date.now() + 60 * 86_400_000)
    const access = { owner: credentials.subject, keepAliveAt }
    await connectAtOnce(platform, { channel: 'google', address, settings, credentials, access })
  }
  await untilChecked(platform, new Date(0))
  console.log(`${all.length} inboxes poll; ${values.minutes} minutes begin`)
  const [events, before] = [await historyEvents(client), provider.refreshes.length]
  const duplicatesBefore = provider.duplicates
  await sleep(windowMs)
  const refreshes = provider.refreshes.length - before
  const newEvents = (await historyEvents(client)) - events
  console.log(
    JSON.stringify({
      refreshes_per_inbox: rounded(refreshes / all.length, 2),
      history_events_per_inbox: rounded(newEvents / all.length, 2),
      duplicate_refreshes: provider.duplicates - duplicatesBefore,
    }),
  )
} finally {
  await connection.close()
  await platform.stop()
  await stack.stop()
  await provider.stop()
}

/** Of all workflows, ended ones too. */
async function historyEvents(from: Client): Promise<number> {
  let sum = 0
  for await (const { workflowId, runId } of from.workflow.list()) {
    sum += (await from.workflow.getHandle(workflowId, runId).describe()).historyLength
  }
  return sum
}
