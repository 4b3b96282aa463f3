// See bench/sends-floor-worker.ts.
import { proxyActivities } from '@temporalio/workflow'
import type { FloorMail } from './sends-floor-worker.ts'

const { sendWithNodemailer } = proxyActivities<{
  sendWithNodemailer(mail: FloorMail): Promise<void>
}>({ startToCloseTimeout: '1 minute' })

export async function sendOne(mail: FloorMail): Promise<void> {
  await sendWithNodemailer(mail)
}
