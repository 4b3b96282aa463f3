// Updates of the inbox workflow, with its refusals as errors of the catalogue.
import { askingText, type Locale } from '../locales/texts.ts'
import type { InboxRef, InboxUpdate, UpdateInputs, UpdateResult } from '../temporal/contracts.ts'
import type { Deps } from './context.ts'
import { type ApiError, apiError } from './errors.ts'

/** Runs an update and waits for its answer. @throws temporal_unavailable, or why it was refused */
export async function inboxUpdate<U extends InboxUpdate>(
  deps: Deps,
  ref: InboxRef,
  update: U,
  input: UpdateInputs[U],
  locale: Locale,
): Promise<UpdateResult> {
  try {
    return await deps.temporal.updateInbox(ref, update, input)
  } catch (error) {
    throw refusalOf(error, locale) ?? error
  }
}

interface Failure {
  type?: string
  details?: { reason?: string; evidence?: string | null }[]
  cause?: unknown
}

function refusalOf(error: unknown, locale: Locale): ApiError | undefined {
  if (!(error instanceof Error) || error.name !== 'WorkflowUpdateFailedError') return undefined
  for (let at = error.cause as Failure | undefined; at; at = at.cause as Failure | undefined) {
    if (at.type === 'InboxNotFound') return apiError('not_found')
    if (at.type === 'InboxDisconnected') return apiError('inbox_disconnected')
    if (at.type === 'ImportNotFound') return apiError('no_import')
    if (at.type === 'DraftExpired') return apiError('draft_expired')
    const { reason, evidence } = at.details?.[0] ?? {}
    if (reason !== undefined) {
      const [message, remedy] = askingText(reason, locale)
      return apiError('connection_failed', { reason, message, remedy, evidence: evidence ?? null })
    }
  }
  return apiError('update_refused')
}
