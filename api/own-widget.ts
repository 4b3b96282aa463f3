// The web widget that a route is about.
import type { FastifyRequest } from 'fastify'
import type { WidgetSettings } from '../channels/widget/index.ts'
import type { Database } from '../db/client.ts'
import { apiError } from './errors.ts'
import { livingInbox } from './own-inbox.ts'

/** The one named by `:id`. @throws not_found also for an inbox of another channel */
export async function ownWidget(db: Database, request: FastifyRequest) {
  const row = await livingInbox(db, request)
  if (row.channel !== 'web_widget') throw apiError('not_found')
  const ref = { accountId: row.account_id, inboxId: row.id }
  return { ref, settings: row.settings as WidgetSettings }
}
