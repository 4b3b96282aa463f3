// Messages of a conversation: read, write, send again.

import type { FastifyRequest } from 'fastify'
import type { Database, Trx } from '../../db/client.ts'
import { findInbox } from '../../db/inboxes.ts'
import {
  answeredId,
  answeredRowsOf,
  attachmentRowsOf,
  findConversationRow,
  findMessageRow,
  listMessageRows,
  type MessageRow,
} from '../../db/views/conversations.ts'
import type { ChannelType } from '../../domain/inbox.ts'
import type { AttachedFile } from '../../messaging/attach-files.ts'
import { queueOutgoing } from '../../messaging/queue-outgoing.ts'
import { refusalToBot } from '../../messaging/refusal-to-bot.ts'
import { othersOfLastMail } from '../../messaging/reply-all.ts'
import { resendMessage } from '../../messaging/resend-message.ts'
import { callerOf, EVERYBODY, visible } from '../auth.ts'
import { checkDraft } from '../chat-drafts.ts'
import type { App, Deps } from '../context.ts'
import { apiError, invalidField, localeOf } from '../errors.ts'
import { once } from '../idempotency.ts'
import { pageOf, timeCursor } from '../pages.ts'
import {
  MessageHtmlSchema,
  MessageSchema,
  presentHtml,
  presentMessage,
} from '../resources/conversation.ts'
import { ItemParams, OneOf, PageQuery, pageSchema, replies, Type } from '../schemas.ts'
import { signedUrl } from '../signed-links.ts'
import { readUploadToken } from '../upload-tokens.ts'

const Recipients = Type.Array(Type.String({ format: 'email', maxLength: 320 }), {
  maxItems: 50,
  default: [],
})

const Short = Type.String({ minLength: 1, maxLength: 256 })
const Choice = Type.Object({
  id: Short,
  title: Short,
  description: Type.Optional(Type.String({ maxLength: 256 })),
})
const Choices = Type.Union(
  [
    Type.Object({ kind: Type.Literal('buttons'), choices: Type.Array(Choice, { maxItems: 20 }) }),
    Type.Object({
      kind: Type.Literal('list'),
      button: Short,
      choices: Type.Array(Choice, { maxItems: 20 }),
    }),
    Type.Object({ kind: Type.Literal('form'), flow: Short, button: Short, screen: Short }),
  ],
  { description: 'What the contact answers by a touch; content is the text beside it' },
)

export function messageRoutes(app: App, deps: Deps): void {
  const { db } = deps

  app.get(
    '/conversations/:id/messages',
    {
      config: EVERYBODY,
      schema: {
        tags: ['messages'],
        summary: 'Messages of a conversation, newest first, by their true time',
        params: ItemParams,
        querystring: PageQuery,
        response: replies(200, pageSchema(MessageSchema)),
      },
    },
    async (request) => {
      const { accountId } = callerOf(request)
      const { id } = await conversation(request, request.params.id)
      const { cursor, limit } = request.query
      const rows = await listMessageRows(db, accountId, id, {
        before: timeCursor(cursor),
        limit: limit + 1,
      })
      const present = await presenter(db, request, rows)
      return pageOf(rows, limit, (row) => [row.place, row.id], present)
    },
  )

  app.post(
    '/conversations/:id/messages',
    {
      config: EVERYBODY,
      schema: {
        tags: ['messages'],
        summary: 'Answer, or write a private note',
        description:
          '202: queued for sending, in order. 201: a private note, which never leaves. An answer ' +
          'that an inbox splits is answered with its first message.',
        params: ItemParams,
        body: Type.Object({
          content: Type.String({ maxLength: 150_000, default: '' }),
          private: Type.Boolean({ default: false }),
          attachments: Type.Array(Type.String({ maxLength: 2000 }), {
            maxItems: 20,
            default: [],
            description: 'Ids of uploads; without one there has to be content',
          }),
          content_type: Type.Optional(OneOf(['text', 'buttons', 'list', 'form'] as const)),
          interactive: Type.Optional(Choices),
          template: Type.Optional(
            Type.Object({
              id: Type.String({ maxLength: 100 }),
              variables: Type.Record(Type.String(), Type.String({ maxLength: 1_600 }), {
                default: {},
              }),
            }),
          ),
          in_reply_to_id: Type.Optional(
            Type.Integer({
              minimum: 1,
              description: 'The message of the conversation that it is about; chats show it so',
            }),
          ),
          cc: Recipients,
          bcc: Recipients,
          reply_all: Type.Boolean({
            default: false,
            description: 'Copies to everybody whom the last mail of the contact went to',
          }),
        }),
        response: { ...replies(201, MessageSchema), ...replies(202, MessageSchema) },
      },
    },
    async (request, reply) => {
      const caller = callerOf(request)
      const { accountId } = caller
      const { id, inbox_id } = await conversation(request, request.params.id)
      const inbox = await findInbox(db, accountId, inbox_id)
      const { content, private: isNote } = request.body
      const files = await filesOf(request, request.body.attachments, inbox?.channel)
      const { template = null } = request.body
      if (files.length === 0 && template === null && content.trim() === '') {
        throw invalidField('content', 'missing')
      }
      if (!isNote && inbox?.phase === 'disconnected') throw apiError('inbox_disconnected')
      if (!isNote && (!inbox || !deps.channels.directionsOf(inbox).send)) {
        throw apiError('inbox_cannot_send')
      }
      const { interactive = null, in_reply_to_id } = request.body
      const about = { id: in_reply_to_id, conversationId: id }
      const answered = await answeredBy(request, about, inbox?.channel)
      const automatic = caller.role === 'bot'
      const draft = {
        text: content,
        contentType: interactive?.kind ?? request.body.content_type ?? ('text' as const),
        interactive,
        automatic,
        files,
        template,
        conversationId: id,
      }
      const checked = isNote
        ? { content, rest: [], contentType: 'text' as const, template: undefined }
        : await checkDraft(deps, inbox!, draft, localeOf(request))
      return once(deps, request, reply, isNote ? 201 : 202, async (trx) => {
        if (caller.role === 'bot' && !isNote) {
          const refusal = await refusalToBot(trx, { accountId, conversationId: id })
          if (refusal !== undefined) throw apiError(refusal)
        }
        const copies = isNote ? {} : await copiesOf(trx, request.body, accountId, id)
        const by = { accountId, conversationId: id, userId: caller.userId, automatic }
        const queued = await queueOutgoing(trx, {
          ...by,
          content: checked.content,
          contentType: checked.contentType,
          files,
          attributes: {
            ...copies,
            ...answered,
            ...(checked.template ? { template: checked.template } : {}),
            ...(interactive ? { interactive } : {}),
          },
          private: isNote,
        })
        for (const more of checked.rest) await queueOutgoing(trx, { ...by, content: more })
        return load(trx, request, queued.messageId)
      })
    },
  )

  app.get(
    '/messages/:id/html',
    {
      config: EVERYBODY,
      schema: {
        tags: ['messages'],
        summary: 'The HTML of a message, safe to show in a page',
        description:
          'Scripts, forms and styles that load or cover anything are gone, pictures of the mail are ' +
          'its attachments. Show it in a sandboxed frame all the same.',
        params: ItemParams,
        querystring: Type.Object({
          remote_images: Type.Boolean({
            default: false,
            description: 'Also load pictures from other servers, which tells the sender of it',
          }),
        }),
        response: replies(200, MessageHtmlSchema),
      },
    },
    async (request) => {
      const caller = callerOf(request)
      const { accountId } = caller
      const { id } = request.params
      const found = await findMessageRow(db, accountId, id)
      const row = visible(caller, found, (message) => message.inbox_id)
      const attachments = await attachmentRowsOf(db, accountId, [id])
      return presentHtml(row, attachments.get(id) ?? [], request.query.remote_images, (item) =>
        signedUrl(deps, accountId, `attachments/${item.id}`),
      )
    },
  )

  app.post(
    '/messages/:id/resend',
    {
      config: EVERYBODY,
      schema: {
        tags: ['messages'],
        summary: 'Send a failed or unconfirmed message again',
        params: ItemParams,
        response: replies(202, MessageSchema),
      },
    },
    async (request, reply) => {
      const caller = callerOf(request)
      const { accountId } = caller
      const { id } = request.params
      visible(caller, await findMessageRow(db, accountId, id), (found) => found.inbox_id)
      return once(deps, request, reply, 202, async (trx) => {
        if (!(await resendMessage(trx, accountId, id))) throw apiError('message_not_resendable')
        return load(trx, request, id)
      })
    },
  )

  /** @throws upload_not_found, attachments_too_large */
  async function filesOf(
    request: FastifyRequest,
    ids: string[],
    channel: ChannelType | undefined,
  ): Promise<AttachedFile[]> {
    const files: AttachedFile[] = []
    const { accountId, userId } = callerOf(request)
    for (const id of ids) {
      const file = readUploadToken(deps, { accountId, owner: `user/${userId}` }, id)
      const there = file && (await deps.storage.size(file.storageKey)) === file.size
      if (!there) throw apiError('upload_not_found')
      files.push(file)
    }
    const bytes = files.reduce((sum, { size }) => sum + size, 0)
    const { outgoingFilesBytes, mailFilesBytes, fileLinkDays } = deps.config
    const onlyInside = fileLinkDays === 0 && channel && deps.channels.of(channel).mail
    const limit_bytes = onlyInside
      ? Math.min(mailFilesBytes, outgoingFilesBytes)
      : outgoingFilesBytes
    if (bytes > limit_bytes) throw apiError('attachments_too_large', { bytes, limit_bytes })
    return files
  }

  async function load(from: Database, request: FastifyRequest, id: number) {
    const caller = callerOf(request)
    const found = await findMessageRow(from, caller.accountId, id)
    const row = visible(caller, found, (message) => message.inbox_id)
    return (await presenter(from, request, [row]))(row)
  }

  /** Of one inbox. */
  async function presenter(from: Database, request: FastifyRequest, rows: MessageRow[]) {
    const { accountId } = callerOf(request)
    const ids = rows.map(({ id }) => id)
    const attachments = await attachmentRowsOf(from, accountId, ids)
    const answered = await answeredRowsOf(from, accountId, rows)
    const locale = localeOf(request)
    return (row: MessageRow) => {
      const beside = {
        attachments: attachments.get(row.id) ?? [],
        answered: answered.get(answeredId(row) ?? ''),
      }
      return presentMessage(row, beside, locale, (item) =>
        signedUrl(deps, accountId, `attachments/${item.id}`),
      )
    }
  }

  /** The provider's id of a message of the conversation. @throws not_found */
  async function answeredBy(
    request: FastifyRequest,
    { id: messageId, conversationId }: { id: number | undefined; conversationId: number },
    channel: ChannelType | undefined,
  ): Promise<{ in_reply_to?: string }> {
    if (messageId === undefined) return {}
    const found = await findMessageRow(db, callerOf(request).accountId, messageId)
    const { external_id: id } = found?.conversation_id === conversationId ? found : {}
    if (!id) throw apiError('not_found')
    if (!channel || !deps.channels.of(channel).chat?.replies) {
      throw apiError('channel_feature_unsupported', {
        feature: 'reply',
        channel,
        alternative: 'text',
      })
    }
    return { in_reply_to: id }
  }

  async function conversation(request: FastifyRequest, id: number) {
    const caller = callerOf(request)
    const row = await findConversationRow(db, caller.accountId, id)
    return visible(caller, row, (found) => found.inbox_id)
  }
}

/** Nobody twice: who is named openly gets no blind copy. */
async function copiesOf(
  trx: Trx,
  body: { cc: string[]; bcc: string[]; reply_all: boolean },
  accountId: number,
  conversationId: number,
) {
  const named = (address: string) => ({ name: '', address })
  const others = body.reply_all ? await othersOfLastMail(trx, accountId, conversationId) : []
  const known = new Set(others.map(({ address }) => address.toLowerCase()))
  const cc = [...others, ...body.cc.filter((one) => !known.has(one.toLowerCase())).map(named)]
  const open = new Set(cc.map(({ address }) => address.toLowerCase()))
  const bcc = body.bcc.filter((one) => !open.has(one.toLowerCase())).map(named)
  return { ...(cc.length > 0 ? { cc } : {}), ...(bcc.length > 0 ? { bcc } : {}) }
}
