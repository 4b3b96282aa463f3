// Inboxes: connect, look at, change, disconnect. What runs is the inbox's workflow, not this file.
import { validateEmailForm } from '../../channels/email/settings.ts'
import { findAgent } from '../../db/agents.ts'
import type { Database } from '../../db/client.ts'
import { findInbox, listInboxes, patchInbox } from '../../db/inboxes.ts'
import { countInMailbox, newestImports } from '../../db/views/inboxes.ts'
import type { Locale } from '../../locales/texts.ts'
import { createInbox } from '../../messaging/create-inbox.ts'
import { callerOf, visible } from '../auth.ts'
import { editedForm, reconnect } from '../connect-form.ts'
import type { App, Caller, Deps } from '../context.ts'
import { apiError, localeOf } from '../errors.ts'
import { once } from '../idempotency.ts'
import { inboxUpdate } from '../inbox-update.ts'
import { decodeCursor, pageOf } from '../pages.ts'
import { ConnectForm, EditForm, ImportWindow } from '../resources/email-form.ts'
import { InboxSchema, presentInbox } from '../resources/inbox.ts'
import {
  AccountParams,
  Id,
  ItemParams,
  OneOf,
  PageQuery,
  pageSchema,
  replies,
  Type,
} from '../schemas.ts'

const options = {
  claudia_after_import: OneOf(['release', 'keep_off'] as const),
  claudia_max_age_seconds: Type.Integer({ minimum: 60, maximum: 30 * 86_400 }),
  archive_after_days: Type.Integer({ minimum: 0, maximum: 3650 }),
  thread_by_subject: Type.Boolean({
    description: 'Mails that refer to no other join by contact and subject',
  }),
}
const Name = Type.String({ minLength: 1, maxLength: 200, pattern: '\\S' })

const Create = Type.Intersect([
  Type.Object({
    name: Name,
    agent_ids: Type.Array(Id, { maxItems: 500, default: [] }),
    import: Type.Optional(ImportWindow),
    join_default_rules: Type.Boolean({ default: true }),
    claudia_after_import: Type.Optional(options.claudia_after_import),
    claudia_max_age_seconds: Type.Optional(options.claudia_max_age_seconds),
    archive_after_days: Type.Optional(options.archive_after_days),
    thread_by_subject: Type.Optional(options.thread_by_subject),
  }),
  ConnectForm,
])

const Patch = Type.Intersect([
  Type.Object({
    name: Type.Optional(Name),
    claudia_after_import: Type.Optional(options.claudia_after_import),
    claudia_max_age_seconds: Type.Optional(options.claudia_max_age_seconds),
    archive_after_days: Type.Optional(options.archive_after_days),
    thread_by_subject: Type.Optional(options.thread_by_subject),
  }),
  EditForm,
])

const Disconnected = Type.Object({
  ...InboxSchema.properties,
  attachments_not_stored: Type.Integer(),
})

export function inboxRoutes(app: App, deps: Deps): void {
  const { db, config, temporal, clock } = deps
  const read = { roles: ['agent', 'bot'] as const }
  const write = { roles: [] as const }

  app.get(
    '/inboxes',
    {
      config: read,
      schema: {
        tags: ['inboxes'],
        summary: 'List inboxes',
        params: AccountParams,
        querystring: PageQuery,
        response: replies(200, pageSchema(InboxSchema)),
      },
    },
    async (request) => {
      const { accountId, inboxIds } = callerOf(request)
      const { cursor, limit } = request.query
      const [afterId] = decodeCursor(cursor, ['id']) ?? []
      const rows = await listInboxes(db, accountId, {
        inboxIds,
        afterId: afterId as number | undefined,
        limit: limit + 1,
      })
      const imports = await newestImports(
        db,
        accountId,
        rows.map(({ id }) => id),
      )
      const view = { config, locale: localeOf(request), now: clock() }
      return pageOf(
        rows,
        limit,
        ({ id }) => [id],
        (row) => presentInbox(row, imports.get(row.id), view),
      )
    },
  )

  app.post(
    '/inboxes',
    {
      config: write,
      schema: {
        tags: ['inboxes'],
        summary: 'Connect an inbox',
        description: 'Answers at once; credentials are verified by the workflow, then imported.',
        params: AccountParams,
        body: Create,
        response: replies(201, InboxSchema),
      },
    },
    async (request, reply) => {
      const caller = callerOf(request)
      const { body } = request
      const { settings, credentials } = validateEmailForm(body, config)
      const inbox = await once(deps, request, reply, 201, async (trx) => {
        for (const id of body.agent_ids) {
          if ((await findAgent(trx, caller.accountId, id)) === undefined)
            throw apiError('not_found')
        }
        const created = await createInbox(trx, deps.vault, {
          accountId: caller.accountId,
          actorUserId: caller.userId,
          name: body.name.trim(),
          channel: 'email',
          address: settings.address,
          settings: { ...settings },
          credentials: { ...credentials },
          agentIds: body.agent_ids,
          importWindow: body.import ?? { kind: 'all' },
          joinDefaultRules: body.join_default_rules,
          claudiaAfterImport: body.claudia_after_import,
          claudiaMaxAgeSeconds: body.claudia_max_age_seconds,
          archiveAfterDays: body.archive_after_days,
          threadBySubject: body.thread_by_subject,
        })
        return load(trx, caller, created.inboxId, localeOf(request))
      })
      const ref = { accountId: caller.accountId, inboxId: inbox.id }
      // Only faster than the relay, which repeats it from the outbox whatever happens here.
      await temporal
        .startInbox(ref, 'email')
        .catch((error) => request.log.warn({ inbox_id: ref.inboxId, error: error.name }, 'later'))
      return inbox
    },
  )

  app.get(
    '/inboxes/:id',
    {
      config: read,
      schema: {
        tags: ['inboxes'],
        summary: 'One inbox',
        params: ItemParams,
        response: replies(200, InboxSchema),
      },
    },
    async (request) => load(db, callerOf(request), request.params.id, localeOf(request)),
  )

  app.patch(
    '/inboxes/:id',
    {
      config: write,
      schema: {
        tags: ['inboxes'],
        summary: 'Change name, options or servers',
        description:
          'Changed servers are verified by the preflight before they replace the old, and other ' +
          'changes of the same request are stored with them or not at all.',
        params: ItemParams,
        body: Patch,
        response: replies(200, InboxSchema),
      },
    },
    async (request) => {
      const caller = callerOf(request)
      const { accountId } = caller
      const { id } = request.params
      const row = visible(caller, await findInbox(db, accountId, id), ({ id }) => id)
      const { body } = request
      const form = await editedForm(deps, row, body)
      if (row.phase === 'disconnected') throw apiError('inbox_disconnected')
      const options = {
        name: body.name?.trim(),
        claudia_after_import: body.claudia_after_import,
        claudia_max_age_seconds: body.claudia_max_age_seconds,
        archive_after_days: body.archive_after_days,
        thread_by_subject: body.thread_by_subject,
      }
      if (form === undefined) {
        await patchInbox(db, accountId, id, options)
      } else {
        const ref = { accountId, inboxId: id }
        const actorUserId = caller.userId
        await reconnect(deps, ref, { form, options, actorUserId }, localeOf(request))
      }
      return load(db, caller, id, localeOf(request))
    },
  )

  app.delete(
    '/inboxes/:id',
    {
      config: write,
      schema: {
        tags: ['inboxes'],
        summary: 'Disconnect an inbox',
        description:
          'Keeps its conversations unless purge=true. Files that are still only in the mailbox are ' +
          'not fetched any more: the reply counts them.',
        params: ItemParams,
        querystring: Type.Object({ purge: Type.Boolean({ default: false }) }),
        response: replies(200, Disconnected),
      },
    },
    async (request) => {
      const caller = callerOf(request)
      const { accountId, userId: actorUserId } = caller
      const { id } = request.params
      visible(caller, await findInbox(db, accountId, id), ({ id }) => id)
      const attachments_not_stored = await countInMailbox(db, accountId, id)
      const input = { purge: request.query.purge, actorUserId }
      await inboxUpdate(deps, { accountId, inboxId: id }, 'disconnect', input, localeOf(request))
      return { ...(await load(db, caller, id, localeOf(request))), attachments_not_stored }
    },
  )

  async function load(from: Database, caller: Caller, id: number, locale: Locale) {
    const row = await findInbox(from, caller.accountId, id)
    const imports = await newestImports(from, caller.accountId, [id])
    const shown = visible(caller, row, (found) => found.id)
    return presentInbox(shown, imports.get(id), { config, locale, now: clock() })
  }
}
