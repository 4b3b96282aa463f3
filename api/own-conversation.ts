// The conversation that a visitor's route is about, and its messages as the visitor sees them.
import type { FastifyRequest } from 'fastify'
import type { Database } from '../db/client.ts'
import { attachmentRowsOf } from '../db/views/conversations.ts'
import { findVisitorConversation, type VisitorMessageRow } from '../db/views/visitor.ts'
import type { Deps } from './context.ts'
import { apiError } from './errors.ts'
import { presentVisitorConversation, presentVisitorMessage } from './resources/visitor.ts'
import { signedUrl } from './signed-links.ts'
import { visitorOf } from './visitor-auth.ts'

/** The one named by `:id`. @throws not_found also for what only another visitor may see */
export async function ownConversation(db: Database, request: FastifyRequest) {
  const { visitor, session } = visitorOf(request)
  const { id } = request.params as { id: number }
  const row = await findVisitorConversation(db, visitor, id)
  if (row === undefined) throw apiError('not_found')
  return { row, shown: presentVisitorConversation(row, session.inbox_id) }
}

/** Shows any of the messages; their files are read once for all. */
export async function visitorPresenter(
  deps: Deps,
  accountId: number,
  rows: readonly VisitorMessageRow[],
) {
  const ids = rows.map(({ id }) => id)
  const attachments = await attachmentRowsOf(deps.db, accountId, ids)
  return (row: VisitorMessageRow) =>
    presentVisitorMessage(row, attachments.get(row.id) ?? [], (item) =>
      signedUrl(deps, accountId, `attachments/${item.id}`),
    )
}
