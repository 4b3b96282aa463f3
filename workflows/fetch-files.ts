// Files of large mails and names of chats' contacts, fetched beside everything else until none is due.

import { continueAsNew, workflowInfo } from '@temporalio/workflow'
import type { ChildEnd, InboxRef } from '../temporal/contracts.ts'
import { importing } from './activities.ts'
import { troubleOf } from './failures.ts'
import { parked } from './parked.ts'

/** Child of the inbox: `inbox/<id>/files`. Started again whenever files are due. */
export async function fetchFiles(ref: InboxRef): Promise<ChildEnd> {
  try {
    for (;;) {
      const step = await importing.fetchAttachments(ref)
      if (step.end !== 'more') return { end: step.end }
      if (step.parkedUntil) await parked(step.parkedUntil)
      if (workflowInfo().continueAsNewSuggested) await continueAsNew<typeof fetchFiles>(ref)
    }
  } catch (error) {
    const trouble = troubleOf(error, 'receive')
    if (!trouble) throw error
    return { end: 'trouble', trouble }
  }
}
