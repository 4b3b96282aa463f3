// The floor of bench/sends.ts: a worker whose one workflow runs one activity, which sends one mail.
import { join } from 'node:path'
import { NativeConnection, Worker } from '@temporalio/worker'
import nodemailer from 'nodemailer'

export interface FloorMail {
  port: number
  user: string
  pass: string
  text: string
  n: number
}

export async function sendWithNodemailer({ port, user, pass, text, n }: FloorMail) {
  const transport = nodemailer.createTransport({
    host: '127.0.0.1',
    port,
    ignoreTLS: true,
    auth: { user, pass },
  })
  const to = `cliente-${n}@example.test`
  await transport.sendMail({ from: user, to, subject: `Re: Pedido ${n}`, text })
  transport.close()
}

const connection = await NativeConnection.connect({ address: process.env.TEMPORAL_ADDRESS! })
const worker = await Worker.create({
  connection,
  taskQueue: 'floor',
  workflowsPath: join(import.meta.dirname, 'sends-floor-workflow.ts'),
  activities: { sendWithNodemailer },
  maxConcurrentActivityTaskExecutions: 40,
})
process.once('SIGTERM', () => worker.shutdown())
console.log('The worker runs')
await worker.run()
await connection.close()
