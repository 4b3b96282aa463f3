// `npm run -s replay -- <workflow id> [run id]`: whether the workflow code of this checkout, or of
// WORKFLOW_BUNDLE, can go on with a workflow as Temporal knows it. Changes nothing.
import { Client, Connection } from '@temporalio/client'
import { loadClientConnectConfig } from '@temporalio/envconfig'
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker'
import { readerOf } from '../config-readers.ts'
import { converterWith } from '../temporal/payload-codec.ts'
import { bundleWorkflows } from '../workers/bundle.ts'

const [workflowId, runId] = process.argv.slice(2)
if (!workflowId) throw new Error('Say which: npm run -s replay -- <workflow id> [run id]')

// What is wrong comes as an error; the SDK's own lines about it would hide it.
Runtime.install({ logger: new DefaultLogger('ERROR', () => {}) })
const problems: string[] = []
const payloadKeys = readerOf(process.env, problems).keys('PAYLOAD_KEYS', { required: false })
if (problems.length > 0) throw new Error(problems.join('\n'))
const { connectionOptions, namespace = 'default' } = loadClientConnectConfig()
const address = connectionOptions.address ?? 'localhost:7233'
const connection = await Connection.connect({ ...connectionOptions, address })
const client = new Client({ connection, namespace })
const history = await client.workflow.getHandle(workflowId, runId).fetchHistory()
await connection.close()

const { WORKFLOW_BUNDLE } = process.env
const workflowBundle = WORKFLOW_BUNDLE ? { codePath: WORKFLOW_BUNDLE } : await bundleWorkflows()
try {
  const options = { workflowBundle, ...converterWith(payloadKeys) }
  await Worker.runReplayHistory(options, history, workflowId)
  console.log(`${workflowId}: this code can go on with it (${history.events?.length} events)`)
} catch (error) {
  console.error(`${workflowId}: this code cannot go on with it. ${(error as Error).message}`)
  process.exitCode = 1
}
