// Telling an inbox's workflow that its row says something new.

import { Context } from '@temporalio/activity'
import type { Logger } from 'pino'
import { type SIGNALS, workflowIds } from '../temporal/contracts.ts'

/** The row is the truth, so a signal that cannot be sent fails nothing: it is only noted. */
export async function signalInbox(
  logger: Logger,
  inboxId: number,
  signal: (typeof SIGNALS)['healthChanged' | 'filesWaiting' | 'stalled'],
): Promise<void> {
  await Context.current()
    .client.workflow.getHandle(workflowIds.inbox(inboxId))
    .signal(signal)
    .catch((error) =>
      logger.warn({ inbox_id: inboxId, signal, error: String(error) }, 'The inbox was not told'),
    )
}
