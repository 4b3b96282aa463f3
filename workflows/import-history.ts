// One import of a mailbox's history: range after range until the window is done.

import {
  continueAsNew,
  defineQuery,
  setHandler,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow'
import {
  ATTRIBUTES,
  type ChildEnd,
  type ImportInput,
  type ImportProgress,
  QUERIES,
} from '../temporal/contracts.ts'
import { importing, rows } from './activities.ts'
import { troubleOf } from './failures.ts'
import { parked } from './parked.ts'

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
    return { end: 'done' }
  } catch (error) {
    const trouble = troubleOf(error, 'receive')
    if (!trouble) throw error
    return { end: 'trouble', trouble }
  }
}
