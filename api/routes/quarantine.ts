// Mails that could not be read or stored: looked at, read again, left, or had as they came.
import { settleQuarantine } from '../../db/changes-by-people.ts'
import {
  findQuarantineRow,
  listQuarantineRows,
  type QuarantineRow,
} from '../../db/views/operations.ts'
import { type Locale, reasonText } from '../../locales/texts.ts'
import { contentKey } from '../../storage/storage.ts'
import { ADMINS, callerOf, PEOPLE, visible } from '../auth.ts'
import type { App, Deps } from '../context.ts'
import { apiError, localeOf } from '../errors.ts'
import { once } from '../idempotency.ts'
import { ownInbox } from '../own-inbox.ts'
import { idCursor, pageOf } from '../pages.ts'
import {
  Id,
  ItemParams,
  Nullable,
  OneOf,
  pageQuery,
  pageSchema,
  replies,
  type Static,
  Time,
  Type,
} from '../schemas.ts'
import { sendFile } from '../send-file.ts'
import { isSigned, SignedQuery, signedUrl } from '../signed-links.ts'

const QUARANTINE = ['waiting', 'retrying', 'stored', 'dismissed'] as const
const Quarantined = Type.Object({
  id: Id,
  inbox_id: Id,
  folder: Type.String(),
  uid: Type.Integer(),
  reason: Type.String(),
  message: Type.String(),
  remedy: Type.String(),
  evidence: Nullable(Type.String()),
  size: Nullable(Type.Integer()),
  status: OneOf(QUARANTINE),
  tries: Type.Integer(),
  created_at: Time,
  updated_at: Time,
})

const NOT_THERE = {
  gone: 'mail_gone',
  refused: 'mail_refused',
  unreachable: 'mailbox_unreachable',
} as const

export function quarantineRoutes(app: App, deps: Deps): void {
  const { db, temporal } = deps

  app.get(
    '/inboxes/:id/quarantine',
    {
      config: PEOPLE,
      schema: {
        tags: ['quarantine'],
        summary: 'Mails that could not be read or stored',
        params: ItemParams,
        querystring: Type.Object({ status: Type.Optional(OneOf(QUARANTINE)), ...pageQuery }),
        response: replies(200, pageSchema(Quarantined)),
      },
    },
    async (request) => {
      const { accountId } = callerOf(request)
      const { cursor, limit, status } = request.query
      const { id } = await ownInbox(db, request)
      const filter = { status, beforeId: idCursor(cursor), limit: limit + 1 }
      const rows = await listQuarantineRows(db, accountId, id, filter)
      const locale = localeOf(request)
      return pageOf(
        rows,
        limit,
        (row) => [row.id],
        (row) => presentQuarantined(row, locale),
      )
    },
  )

  for (const [verb, status] of [
    ['retry', 'retrying'],
    ['dismiss', 'dismissed'],
  ] as const) {
    app.post(
      `/quarantine/:id/${verb}`,
      {
        config: ADMINS,
        schema: {
          tags: ['quarantine'],
          summary: verb === 'retry' ? 'Read the mail again' : 'Leave the mail in the mailbox',
          params: ItemParams,
          response: replies(200, Quarantined),
        },
      },
      async (request, reply) => {
        const caller = callerOf(request)
        const { accountId, userId } = caller
        const { id } = request.params
        const found = await findQuarantineRow(db, accountId, id)
        const { inbox_id } = visible(caller, found, (row) => row.inbox_id)
        const settled = await once(deps, request, reply, 200, async (trx) => {
          const row = await settleQuarantine(trx, accountId, id, status, userId)
          if (row === undefined) throw apiError('quarantine_settled')
          return presentQuarantined(row, localeOf(request))
        })
        if (verb === 'retry') {
          // The next cycle reads what is marked; this only brings it forward.
          await temporal
            .updateInbox({ accountId, inboxId: inbox_id }, 'syncNow', {})
            .catch((error) => request.log.warn({ inbox_id, error: error.name }, 'later'))
        }
        return settled
      },
    )
  }

  app.post(
    '/quarantine/:id/original',
    {
      config: ADMINS,
      schema: {
        tags: ['quarantine'],
        summary: 'Fetch the mail as it lies in the mailbox',
        description: 'Answers once it is here; the link opens it for an hour.',
        params: ItemParams,
        response: replies(200, Type.Object({ url: Type.String() })),
      },
    },
    async (request) => {
      const caller = callerOf(request)
      const { accountId } = caller
      const { id } = request.params
      visible(caller, await findQuarantineRow(db, accountId, id), (row) => row.inbox_id)
      const fetched = await temporal.fetchQuarantined({ accountId, quarantineId: id })
      if ('missing' in fetched) throw apiError(NOT_THERE[fetched.missing])
      const hash = fetched.storageKey.slice(fetched.storageKey.lastIndexOf('/') + 1)
      return { url: signedUrl(deps, accountId, `quarantine/${id}/file?content=${hash}`) }
    },
  )

  app.get(
    '/quarantine/:id/file',
    {
      schema: {
        tags: ['quarantine'],
        summary: 'Download the mail by the signed link',
        security: [],
        params: ItemParams,
        querystring: Type.Object({
          ...SignedQuery.properties,
          content: Type.String({ pattern: '^([0-9a-f]{64})?$', default: '' }),
        }),
        produces: ['application/octet-stream'],
      },
    },
    async (request, reply) => {
      const { account_id: accountId, id } = request.params
      const { content, ...link } = request.query
      if (!isSigned(deps, accountId, `quarantine/${id}/file?content=${content}`, link)) {
        throw apiError('link_expired')
      }
      const file = { key: contentKey(accountId, content), fileName: `mail-${id}.eml` }
      return sendFile(deps.storage, request, reply, { ...file, shownAs: null })
    },
  )
}

function presentQuarantined(row: QuarantineRow, locale: Locale): Static<typeof Quarantined> {
  const [message, remedy] = reasonText(row.reason, locale)
  return {
    id: row.id,
    inbox_id: row.inbox_id,
    folder: row.folder,
    uid: row.uid,
    reason: row.reason,
    message,
    remedy,
    evidence: row.evidence,
    size: row.size,
    status: row.status,
    tries: row.tries,
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
  }
}
