// The inbox that a route is about, for callers whose key opens it.
import type { FastifyRequest } from 'fastify'
import type { Database } from '../db/client.ts'
import { findInbox, type InboxRow } from '../db/inboxes.ts'
import { figuresOf, newestImports } from '../db/views/inboxes.ts'
import { callerOf, visible } from './auth.ts'
import type { Deps } from './context.ts'
import { apiError, localeOf } from './errors.ts'
import { presentInbox } from './resources/inbox.ts'

/** The inbox named by `:id`. @throws not_found also when the key does not open it */
export async function ownInbox(db: Database, request: FastifyRequest): Promise<InboxRow> {
  const caller = callerOf(request)
  const { id } = request.params as { id: number }
  return visible(caller, await findInbox(db, caller.accountId, id), (row) => row.id)
}

/** The same, for what a disconnected inbox cannot do any more. @throws inbox_disconnected */
export async function livingInbox(db: Database, request: FastifyRequest): Promise<InboxRow> {
  const row = await ownInbox(db, request)
  if (row.phase === 'disconnected') throw apiError('inbox_disconnected')
  return row
}

/** The inbox as the API shows it, in the language of the request. */
export async function shownInbox(deps: Deps, db: Database, request: FastifyRequest, id: number) {
  const caller = callerOf(request)
  const row = visible(caller, await findInbox(db, caller.accountId, id), (found) => found.id)
  const [shown] = await presentInboxes(deps, db, request, [row])
  return shown!
}

/** Rows that the caller may see, with what is shown beside them. */
export async function presentInboxes(
  { config, channels, clock }: Deps,
  db: Database,
  request: FastifyRequest,
  rows: InboxRow[],
) {
  const { accountId } = callerOf(request)
  const ids = rows.map(({ id }) => id)
  const imports = await newestImports(db, accountId, ids)
  const figures = await figuresOf(db, accountId, ids)
  const view = { config, channels, locale: localeOf(request), now: clock() }
  return rows.map((row) =>
    presentInbox(row, { run: imports.get(row.id), figures: figures.get(row.id)! }, view),
  )
}
