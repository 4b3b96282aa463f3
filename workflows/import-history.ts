// One import of a mailbox's history: ranges until the window is done, then files in the background.

import {
  continueAsNew,
  defineQuery,
  getExternalWorkflowHandle,
  setHandler,
  sleep,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow'
import {
  ATTRIBUTES,
  type ChildEnd,
  type ImportInput,
  type ImportProgress,
  QUERIES,
  SIGNALS,
} from '../temporal/contracts.ts'
import { importing, rows } from './activities.ts'
import { troubleOf } from './failures.ts'

/** Child of the inbox: `inbox/<id>/import/<n>`. Pause and cancel are read from the row. */
export async function importHistory(input: ImportInput): Promise<ChildEnd> {
  let progress: ImportProgress = { number: input.number, done: 0, total: null, quarantined: 0 }
  setHandler(defineQuery<ImportProgress>(QUERIES.importProgress), () => progress)

  try {
    for (;;) {
      const step = await importing.importRanges(input)
      if (step.end === 'stopped') return { end: 'stopped' }
      if (step.progress.done !== progress.done) {
        upsertSearchAttributes([{ key: ATTRIBUTES.lastProgressAt, value: new Date() }])
      }
      progress = step.progress
      if (step.end === 'done') break
      if (step.parkedUntil) await parked(step.parkedUntil)
      if (workflowInfo().continueAsNewSuggested) await continueAsNew<typeof importHistory>(input)
    }
    await rows.finishImport(input)
    await tellParent()
    for (;;) {
      const step = await importing.fetchAttachments(input)
      if (step.end === 'stopped') return { end: 'stopped' }
      if (step.end === 'done') return { end: 'done' }
      if (step.parkedUntil) await parked(step.parkedUntil)
      if (workflowInfo().continueAsNewSuggested) await continueAsNew<typeof importHistory>(input)
    }
  } catch (error) {
    const trouble = troubleOf(error, 'receive')
    if (!trouble) throw error
    return { end: 'trouble', trouble }
  }
}

/** The day's byte budget is spent, or the provider throttles. */
async function parked(until: string): Promise<void> {
  await sleep(Math.max(Date.parse(until) - Date.now(), 1_000))
}

/** The inbox is active from here on, while files still arrive. */
async function tellParent(): Promise<void> {
  const parent = workflowInfo().parent
  if (!parent) return
  await getExternalWorkflowHandle(parent.workflowId).signal(SIGNALS.healthChanged)
}
