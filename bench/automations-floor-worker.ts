// The floor of bench/automations.ts: a worker whose one workflow runs one activity, which writes a row.
import { join } from 'node:path'
import { NativeConnection, Worker } from '@temporalio/worker'
import { sql } from 'kysely'
import { openDatabase } from '../db/client.ts'

const db = openDatabase(process.env.DATABASE_URL!)
const connection = await NativeConnection.connect({ address: process.env.TEMPORAL_ADDRESS! })
const worker = await Worker.create({
  connection,
  taskQueue: 'floor',
  workflowsPath: join(import.meta.dirname, 'automations-floor-workflow.ts'),
  activities: {
    async writeRow(n: number) {
      await sql`insert into floor (n) values (${n})`.execute(db)
    },
  },
  maxConcurrentActivityTaskExecutions: 40,
})
process.once('SIGTERM', () => worker.shutdown())
console.log('The worker runs')
await worker.run()
await connection.close()
await db.destroy()
