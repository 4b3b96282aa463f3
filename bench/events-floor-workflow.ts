// See bench/events-floor-worker.ts.
import { condition, defineSignal, setHandler } from '@temporalio/workflow'

export async function notified(): Promise<void> {
  let woken = false
  setHandler(defineSignal('wake'), () => {
    woken = true
  })
  await condition(() => woken)
}
