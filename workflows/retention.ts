// One workflow per namespace: deletes once a day what is not kept, and every hour the files that
// nothing refers to.

import { continueAsNew, setCurrentDetails, sleep } from '@temporalio/workflow'
import { retention as rows } from './activities.ts'

const HOURS = 24

/** `retention` */
export async function retention(): Promise<void> {
  const deleted: Record<string, number> = {}
  for (let more = true; more; ) {
    const step = await rows.deleteExpiredRows()
    for (const [what, count] of Object.entries(step.deleted)) {
      deleted[what] = (deleted[what] ?? 0) + count
    }
    more = step.more
    show(deleted, more)
  }
  for (let at = 0; at < HOURS; at++) {
    const files = await rows.sweepUnusedFiles()
    if (files > 0) deleted.files = (deleted.files ?? 0) + files
    show(deleted, false)
    await sleep('1 hour')
  }
  await continueAsNew<typeof retention>()
}

function show(deleted: Record<string, number>, more: boolean): void {
  const counts = Object.entries(deleted).map(([what, count]) => `${count} ${what}`)
  const said = counts.length > 0 ? `Deleted today: ${counts.join(', ')}` : 'Nothing was due today'
  setCurrentDetails(`${said}${more ? ', and more is due' : ''}.`)
}
