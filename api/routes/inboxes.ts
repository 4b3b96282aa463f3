// Inboxes: connect, look at, change, disconnect. What runs is the inbox's workflow, not this file.
import { changeSettings, listInboxes, patchInbox } from '../../db/inboxes.ts'
import { reconsiderLargeFiles } from '../../db/large-files.ts'
import { countInMailbox } from '../../db/views/inboxes.ts'
import { AttachmentLimit } from '../attachment-limits.ts'
import { ADMINS, callerOf, EVERYBODY } from '../auth.ts'
import { type EmailForm, editedForm, reconnect } from '../connect-form.ts'
import { claudiaOptions, connectInbox, InboxName, NewInboxBody } from '../connect-inbox.ts'
import { beginConsent, ReturnUrl, signInOf } from '../consents.ts'
import type { App, Deps } from '../context.ts'
import { invalidField, localeOf } from '../errors.ts'
import { inboxUpdate } from '../inbox-update.ts'
import { livingInbox, ownInbox, presentInboxes, shownInbox } from '../own-inbox.ts'
import { idCursor, pageOf } from '../pages.ts'
import { ConnectForm, EditForm, ImportWindow, MailChannel } from '../resources/email-form.ts'
import { ConnectingSchema, InboxSchema } from '../resources/inbox.ts'
import { LongAnswers } from '../resources/page-offers.ts'
import { AccountParams, ItemParams, PageQuery, pageSchema, replies, Type } from '../schemas.ts'

const mailOptions = {
  archive_after_days: Type.Integer({ minimum: 0, maximum: 3650 }),
  thread_by_subject: Type.Boolean({
    description: 'Mails that refer to no other join by contact and subject',
  }),
}

const Create = Type.Intersect([
  NewInboxBody,
  Type.Object({
    import: Type.Optional(ImportWindow),
    archive_after_days: Type.Optional(mailOptions.archive_after_days),
    thread_by_subject: Type.Optional(mailOptions.thread_by_subject),
    channel: Type.Optional(MailChannel),
    return_url: Type.Optional(ReturnUrl),
  }),
  ConnectForm,
])

const Patch = Type.Intersect([
  Type.Object({
    name: Type.Optional(InboxName),
    claudia_after_import: Type.Optional(claudiaOptions.claudia_after_import),
    claudia_max_age_seconds: Type.Optional(claudiaOptions.claudia_max_age_seconds),
    archive_after_days: Type.Optional(mailOptions.archive_after_days),
    thread_by_subject: Type.Optional(mailOptions.thread_by_subject),
    attachment_limit_bytes: Type.Optional(AttachmentLimit),
    long_answers: Type.Optional(LongAnswers),
  }),
  EditForm,
])

const WithFiles = Type.Object({
  ...InboxSchema.properties,
  attachments_not_stored: Type.Integer({
    description: 'Files that are still only in the mailbox, and stay there after a disconnect',
  }),
})

export function inboxRoutes(app: App, deps: Deps): void {
  const { db, channels } = deps

  app.get(
    '/inboxes',
    {
      config: EVERYBODY,
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
      const rows = await listInboxes(db, accountId, {
        inboxIds,
        afterId: idCursor(cursor),
        limit: limit + 1,
      })
      const shown = await presentInboxes(deps, db, request, rows)
      return pageOf(
        shown,
        limit,
        ({ id }) => [id],
        (inbox) => inbox,
      )
    },
  )

  app.post(
    '/inboxes',
    {
      // Whoever has the link may sign in.
      config: { ...ADMINS, secretReply: true },
      schema: {
        tags: ['inboxes'],
        summary: 'Connect an inbox',
        description:
          'Answers at once; credentials are verified by the workflow, then imported. For Google and ' +
          'Microsoft the reply says where a person signs in.',
        params: AccountParams,
        body: Create,
        response: replies(201, ConnectingSchema),
      },
    },
    async (request, reply) => {
      const { body } = request
      const { channel = 'email' } = body
      const { connect } = channels.of(channel)
      const signIn = signInOf(deps, channel)
      const { settings, credentials } =
        connect.kind === 'form'
          ? (connect.read(body) as EmailForm)
          : { settings: connect.read(body) as { address: string }, credentials: undefined }
      const ofChannel = {
        channel,
        address: settings.address,
        settings: { ...settings },
        credentials: credentials && { ...credentials },
        importWindow: body.import ?? { kind: 'all' },
        archiveAfterDays: body.archive_after_days,
        threadBySubject: body.thread_by_subject,
      }
      const { userId: actorUserId } = callerOf(request)
      const beginning = { channel, settings, actorUserId, returnUrl: body.return_url }
      return connectInbox(deps, request, reply, body, ofChannel, async (trx, ref) => {
        if (!signIn) return { authorization: null }
        const { authorization } = await beginConsent(deps, trx, ref, beginning)
        return { authorization }
      })
    },
  )

  app.get(
    '/inboxes/:id',
    {
      config: EVERYBODY,
      schema: {
        tags: ['inboxes'],
        summary: 'One inbox',
        params: ItemParams,
        response: replies(200, WithFiles),
      },
    },
    async (request) => {
      const { id } = request.params
      const inbox = await shownInbox(deps, db, request, id)
      const { accountId } = callerOf(request)
      return { ...inbox, attachments_not_stored: await countInMailbox(db, accountId, id) }
    },
  )

  app.patch(
    '/inboxes/:id',
    {
      config: ADMINS,
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
      const { accountId, userId: actorUserId } = callerOf(request)
      const { body } = request
      const row = await livingInbox(db, request)
      const { long_answers } = body
      if (long_answers !== undefined && row.channel !== 'instagram') {
        throw invalidField('long_answers', 'not_of_this_channel')
      }
      const form = await editedForm(deps, row, body)
      const options = {
        name: body.name?.trim(),
        claudia_after_import: body.claudia_after_import,
        claudia_max_age_seconds: body.claudia_max_age_seconds,
        archive_after_days: body.archive_after_days,
        thread_by_subject: body.thread_by_subject,
        attachment_limit_bytes: body.attachment_limit_bytes,
      }
      if (form === undefined) {
        await patchInbox(db, accountId, row.id, options)
      } else {
        const ref = { accountId, inboxId: row.id }
        await reconnect(deps, ref, { form, options, actorUserId }, localeOf(request))
      }
      if (long_answers !== undefined) await changeSettings(db, accountId, row.id, { long_answers })
      if (body.attachment_limit_bytes !== undefined) {
        await reconsiderLargeFiles(db, accountId, row.id)
      }
      return shownInbox(deps, db, request, row.id)
    },
  )

  app.delete(
    '/inboxes/:id',
    {
      config: ADMINS,
      schema: {
        tags: ['inboxes'],
        summary: 'Disconnect an inbox',
        description:
          'Keeps its conversations unless purge=true. Files that are still only in the mailbox are ' +
          'not fetched any more: the reply counts them.',
        params: ItemParams,
        querystring: Type.Object({ purge: Type.Boolean({ default: false }) }),
        response: replies(200, WithFiles),
      },
    },
    async (request) => {
      const { accountId, userId: actorUserId } = callerOf(request)
      const { id } = await ownInbox(db, request)
      const attachments_not_stored = await countInMailbox(db, accountId, id)
      const input = { purge: request.query.purge, actorUserId }
      await inboxUpdate(deps, { accountId, inboxId: id }, 'disconnect', input, localeOf(request))
      return { ...(await shownInbox(deps, db, request, id)), attachments_not_stored }
    },
  )
}
