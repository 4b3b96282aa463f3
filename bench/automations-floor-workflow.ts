// See bench/automations-floor-worker.ts.
import { defineSignal, proxyActivities, setHandler } from '@temporalio/workflow'

const { writeRow } = proxyActivities<{ writeRow(n: number): Promise<void> }>({
  startToCloseTimeout: '1 minute',
})

export async function handleOne(n: number): Promise<void> {
  setHandler(defineSignal('wake'), () => {})
  await writeRow(n)
}
