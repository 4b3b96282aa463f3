// The floor of bench/events.ts: a worker whose one workflow ends when it has heard a signal.
import { join } from 'node:path'
import { NativeConnection, Worker } from '@temporalio/worker'

const connection = await NativeConnection.connect({ address: process.env.TEMPORAL_ADDRESS! })
const worker = await Worker.create({
  connection,
  taskQueue: 'floor',
  workflowsPath: join(import.meta.dirname, 'events-floor-workflow.ts'),
})
process.once('SIGTERM', () => worker.shutdown())
console.log('The worker runs')
await worker.run()
await connection.close()
