// What a visitor writes: the first message, which makes a conversation, further ones, files.
import type { FastifyRequest } from 'fastify'
import { findVisitorConversation, findVisitorMessages } from '../../db/views/visitor.ts'
import type { AttachedFile } from '../../messaging/attach-files.ts'
import {
  beginConversation,
  ConversationGoesOn,
  ConversationResolved,
  continueConversation,
  MessageIdTaken,
} from '../../messaging/write-as-visitor.ts'
import { limitByAddress } from '../address-limit.ts'
import type { App, Deps } from '../context.ts'
import { apiError, invalidField } from '../errors.ts'
import { ownConversation, visitorPresenter } from '../own-conversation.ts'
import {
  acceptFiles,
  FileBody,
  storeUpload,
  streamedBody,
  Upload,
  visitorFileBytes,
} from '../receive-file.ts'
import {
  presentVisitorConversation,
  VisitorConversationSchema,
  VisitorMessageSchema,
} from '../resources/visitor.ts'
import { Id, replies, type Static, Type } from '../schemas.ts'
import { readUploadToken } from '../upload-tokens.ts'
import { type VisitorCall, visitorOf } from '../visitor-auth.ts'
import { knownFacts, ProfileBody, readCustom, readProfile, unanswered } from '../visitor-profile.ts'

/** Of one address, since anybody may begin another session. */
const UPLOADS_A_MINUTE = 60

const NewMessage = Type.Object({
  id: Type.String({
    format: 'uuid',
    description: 'Made by the sender: repeated, it is one message',
  }),
  content: Type.String({ maxLength: 10_000, default: '' }),
  attachments: Type.Array(Type.String({ maxLength: 2000 }), { maxItems: 10, default: [] }),
})

const Written = Type.Object({
  conversation: VisitorConversationSchema,
  message: VisitorMessageSchema,
  feed_id: Type.String(),
})

export async function visitorMessageRoutes(app: App, deps: Deps): Promise<void> {
  const { clock, db } = deps
  await acceptFiles(app)
  const countUpload = limitByAddress(app, UPLOADS_A_MINUTE)

  app.post(
    '/conversations',
    {
      schema: {
        tags: ['visitor'],
        summary: 'Begin a conversation with its first message',
        body: Type.Object({
          message: NewMessage,
          contact: Type.Optional(ProfileBody),
          conversation: Type.Optional(
            Type.Object({
              custom_attributes: Type.Record(Type.String({ maxLength: 100 }), Type.Unknown()),
            }),
          ),
        }),
        response: replies(201, Written),
      },
    },
    async (request, reply) => {
      const call = visitorOf(request)
      const { session, settings } = call
      const { account_id: accountId } = session
      const { contact = {}, conversation } = request.body
      const profile = await readProfile(db, accountId, contact)
      const asked = askedOf(call, conversation?.custom_attributes ?? {})
      const conversationAttributes = await readCustom(db, accountId, 'conversation', asked)
      const missing = unanswered(settings.pre_chat_fields, await knownFacts(db, session), {
        contact: profile,
        conversation: conversationAttributes,
      })
      if (missing !== undefined) throw invalidField(missing, 'missing')
      const written = await beginConversation(db, session, {
        message: await messageOf(request, request.body.message),
        profile,
        conversationAttributes,
        several: call.several,
        now: clock(),
      }).catch(refused)
      return reply.code(201).send(await presentWritten(call, written))
    },
  )

  app.post(
    '/conversations/:id/messages',
    {
      schema: {
        tags: ['visitor'],
        summary: 'Write a message',
        params: Type.Object({ id: Id }),
        body: NewMessage,
        response: replies(201, Written),
      },
    },
    async (request, reply) => {
      const call = visitorOf(request)
      const { row } = await ownConversation(db, request)
      if (row.inbox_id !== call.session.inbox_id) throw apiError('conversation_elsewhere')
      const message = await messageOf(request, request.body)
      const written = await continueConversation(db, call.session, row.id, message, clock()).catch(
        refused,
      )
      return reply.code(201).send(await presentWritten(call, written))
    },
  )

  app.post(
    '/uploads',
    {
      schema: {
        tags: ['visitor'],
        summary: 'Upload a file for a message',
        consumes: ['multipart/form-data'],
        body: FileBody,
        response: replies(201, Upload),
      },
      validatorCompiler: streamedBody,
    },
    async (request, reply) => {
      const { session } = visitorOf(request)
      await countUpload(request)
      const limitBytes = visitorFileBytes(deps.config)
      const upload = await storeUpload(deps, request, reply, ownerOf(session), limitBytes)
      return reply.code(201).send(upload)
    },
  )

  async function messageOf(request: FastifyRequest, given: Static<typeof NewMessage>) {
    const { session } = visitorOf(request)
    const files: AttachedFile[] = []
    for (const id of given.attachments) {
      const file = readUploadToken(deps, ownerOf(session), id)
      const there = file && (await deps.storage.size(file.storageKey)) === file.size
      if (!there) throw apiError('upload_not_found')
      files.push(file)
    }
    if (files.length === 0 && given.content.trim() === '') throw invalidField('content', 'missing')
    return { id: given.id, content: given.content, files }
  }

  async function presentWritten(
    { session, settings }: VisitorCall,
    { conversationId, messageId }: { conversationId: number; messageId: number },
  ) {
    // The session may have got its contact just now.
    const { contact_id } = await db
      .selectFrom('widget_sessions')
      .select('contact_id')
      .where('account_id', '=', session.account_id)
      .where('id', '=', session.id)
      .executeTakeFirstOrThrow()
    const visitor = { ...session, contact_id, allChannels: settings.history_of_all_channels }
    const [row, [message]] = await Promise.all([
      findVisitorConversation(db, visitor, conversationId),
      findVisitorMessages(db, session.account_id, [messageId]),
    ])
    if (row === undefined || message === undefined) throw apiError('not_found')
    const present = await visitorPresenter(deps, session.account_id, [message])
    return {
      conversation: presentVisitorConversation(row, session.inbox_id),
      message: present(message),
      feed_id: String(contact_id),
    }
  }
}

const ownerOf = ({ account_id, id }: VisitorCall['session']) => ({
  accountId: account_id,
  owner: `visitor/${id}` as const,
})

/** Attributes of a conversation come from the questions before it and from nowhere else. */
function askedOf({ settings }: VisitorCall, given: Record<string, unknown>) {
  const asked = new Set(
    settings.pre_chat_fields
      .filter(({ target }) => target === 'conversation')
      .map(({ attribute }) => attribute),
  )
  return Object.fromEntries(Object.entries(given).filter(([key]) => asked.has(key)))
}

function refused(error: unknown): never {
  if (error instanceof ConversationResolved) throw apiError('conversation_resolved')
  if (error instanceof MessageIdTaken) throw apiError('message_id_taken')
  if (error instanceof ConversationGoesOn) {
    throw apiError('conversation_goes_on', { conversation_id: error.conversationId })
  }
  throw error
}
