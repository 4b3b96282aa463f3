// A contact's data on request: as a file, or erased; both are done in time. A contact is of all inboxes,
// so all of this is for administrators of the whole account.

import type { FastifyReply, FastifyRequest } from 'fastify'
import {
  findPrivacyRequest,
  listPrivacyRequests,
  type PrivacyKind,
  type PrivacyRequest,
  requestPrivacy,
} from '../../db/privacy-requests.ts'
import { findContactRow } from '../../db/views/conversations.ts'
import { ACCOUNT_ADMINS, callerOf } from '../auth.ts'
import type { App, Deps } from '../context.ts'
import { apiError } from '../errors.ts'
import { once } from '../idempotency.ts'
import { idCursor, pageOf } from '../pages.ts'
import {
  AccountParams,
  AsText,
  Id,
  ItemParams,
  Nullable,
  OneOf,
  PageQuery,
  pageSchema,
  replies,
  Time,
  Type,
} from '../schemas.ts'
import { sendFile } from '../send-file.ts'
import { isSigned, SignedQuery, signedUrl } from '../signed-links.ts'

const PrivacyRequestSchema = Type.Object({
  id: Id,
  kind: OneOf(['export', 'erasure'] as const),
  contact_id: Id,
  status: OneOf(['waiting', 'running', 'done', 'expired', 'failed'] as const),
  reason: Nullable(Type.String({ description: 'Of a failure, e.g. contact_gone' })),
  counts: Type.Record(Type.String(), Type.Integer(), { description: 'What was done so far' }),
  url: Nullable(Type.String({ description: 'Of an export: a zip. Signed, opens for an hour' })),
  requested_by: Id,
  created_at: Time,
  finished_at: Nullable(Time),
  expires_at: Nullable(Time),
})

export function privacyRoutes(app: App, deps: Deps): void {
  const { db } = deps

  for (const [kind, path, summary, description] of [
    [
      'export',
      '/contacts/:id/export',
      'Export what is known of a contact',
      'A zip with contact.json and the stored files, kept for 7 days. Notes of the staff are not in it.',
    ],
    [
      'erasure',
      '/contacts/:id/erase',
      'Erase a contact for good',
      'Conversations, messages and files too. The mailbox keeps its mails, which are not imported again; what the person writes from now on makes a new contact.',
    ],
  ] as const) {
    app.post(
      path,
      {
        config: ACCOUNT_ADMINS,
        schema: {
          tags: ['privacy'],
          summary,
          description,
          params: ItemParams,
          response: replies(202, PrivacyRequestSchema),
        },
      },
      async (request, reply) => ask(request, reply, request.params.id, kind),
    )
  }

  app.get(
    '/privacy_requests',
    {
      config: ACCOUNT_ADMINS,
      schema: {
        tags: ['privacy'],
        summary: 'Exports and erasures, newest first',
        params: AccountParams,
        querystring: PageQuery,
        response: replies(200, pageSchema(PrivacyRequestSchema)),
      },
    },
    async (request) => {
      const { accountId } = callerOf(request)
      const { cursor, limit } = request.query
      const beforeId = idCursor(cursor)
      const rows = await listPrivacyRequests(db, accountId, { beforeId, limit: limit + 1 })
      return pageOf(rows, limit, (row) => [row.id], present)
    },
  )

  app.get(
    '/privacy_requests/:id',
    {
      config: ACCOUNT_ADMINS,
      schema: {
        tags: ['privacy'],
        summary: 'One export or erasure',
        params: ItemParams,
        response: replies(200, PrivacyRequestSchema),
      },
    },
    async (request) => {
      const { accountId } = callerOf(request)
      const ref = { accountId, requestId: request.params.id }
      const row = await findPrivacyRequest(db, ref)
      if (row === undefined) throw apiError('not_found')
      return present(row)
    },
  )

  app.get(
    '/privacy_requests/:id/file',
    {
      schema: {
        tags: ['privacy'],
        summary: 'Download an export by the signed link of its request',
        security: [],
        params: ItemParams,
        querystring: SignedQuery,
        produces: ['application/octet-stream'],
      },
    },
    async (request, reply) => {
      const { account_id: accountId, id } = request.params
      if (!isSigned(deps, accountId, `privacy_requests/${id}/file`, request.query)) {
        throw apiError('link_expired')
      }
      const row = await findPrivacyRequest(db, { accountId, requestId: id })
      if (!row?.storage_key) throw apiError('attachment_lost')
      const file = { key: row.storage_key, fileName: `contact-${row.contact_id}.zip` }
      return sendFile(deps.storage, request, reply, { ...file, shownAs: null })
    },
  )

  async function ask(
    request: FastifyRequest,
    reply: FastifyReply,
    contactId: number,
    kind: PrivacyKind,
  ) {
    const { accountId, userId } = callerOf(request)
    if (!(await findContactRow(db, accountId, contactId, null))) throw apiError('not_found')
    const shown = await once(deps, request, reply, 202, async (trx) =>
      present(await requestPrivacy(trx, { accountId, contactId, kind, userId })),
    )
    // It is on record: without Temporal it waits for the relay.
    const ref = { accountId, requestId: shown.id }
    await deps.temporal.startPrivacyRequest(ref, kind).catch((error) => {
      request.log.warn({ error: String(error) }, 'taken up later')
    })
    return shown
  }

  function present(row: PrivacyRequest) {
    return {
      id: row.id,
      kind: row.kind,
      contact_id: row.contact_id,
      status: row.status,
      reason: row.reason,
      counts: row.counts as Record<string, number>,
      url: row.storage_key && signedUrl(deps, row.account_id, `privacy_requests/${row.id}/file`),
      requested_by: row.requested_by,
      created_at: row.created_at.toISOString(),
      finished_at: AsText(row.finished_at),
      expires_at: AsText(row.expires_at),
    }
  }
}
