// What an answer in a conversation may be at the moment, for whoever is about to write one.
import { windowOf } from '../../channels/chat.ts'
import { findInbox } from '../../db/inboxes.ts'
import { lastWritten } from '../../db/last-written.ts'
import { findConversationRow } from '../../db/views/conversations.ts'
import { reasonText } from '../../locales/texts.ts'
import { callerOf, EVERYBODY, visible } from '../auth.ts'
import type { App, Deps } from '../context.ts'
import { localeOf } from '../errors.ts'
import { ItemParams, Nullable, OneOf, replies, type Static, Type } from '../schemas.ts'

const ReplyLimits = Type.Object({
  refused: Nullable(
    Type.Object(
      { reason: Type.String(), message: Type.String(), remedy: Type.String() },
      { description: 'Why nothing but an approved template would be sent' },
    ),
  ),
  window_ends_at: Nullable(
    Type.String({ format: 'date-time', description: 'Until then the contact may be answered' }),
  ),
  text: Nullable(
    Type.Object({
      limit: Nullable(Type.Integer({ description: 'null: a longer one is cut into several' })),
      limit_beside_file: Type.Integer({ description: '0: a file goes alone' }),
      unit: OneOf(['characters', 'bytes'] as const),
    }),
  ),
  files: Nullable(Type.Integer({ description: 'Of one message' })),
})

const UNLIMITED = { refused: null, window_ends_at: null, text: null, files: null }

export function replyLimitRoutes(app: App, { db, channels, clock }: Deps): void {
  app.get(
    '/conversations/:id/reply_limits',
    {
      config: EVERYBODY,
      schema: {
        tags: ['messages'],
        summary: 'How much an answer may hold, and until when it may be sent',
        params: ItemParams,
        response: replies(200, ReplyLimits),
      },
    },
    async (request): Promise<Static<typeof ReplyLimits>> => {
      const caller = callerOf(request)
      const { accountId } = caller
      const found = await findConversationRow(db, accountId, request.params.id)
      const conversation = visible(caller, found, (row) => row.inbox_id)
      const inbox = await findInbox(db, accountId, conversation.inbox_id)
      const chat = inbox && channels.of(inbox.channel).chat
      if (!chat) return UNLIMITED
      const refusedFor = (reason: string) => {
        const [message, remedy] = reasonText(reason, localeOf(request))
        return { reason, message, remedy }
      }
      const written = await lastWritten(db, { accountId, conversationId: conversation.id })
      if (!written) return { ...UNLIMITED, refused: refusedFor('no_recipient') }
      const { text, textBesideFile, unit, files } = chat.limitsOf(written.from, inbox.settings)
      const end = written.at.getTime() + windowOf(chat, caller.role === 'bot')
      return {
        refused: clock().getTime() < end ? null : refusedFor('window_closed'),
        window_ends_at: written.at.getTime() === 0 ? null : new Date(end).toISOString(),
        text: { limit: text, limit_beside_file: textBesideFile, unit },
        files,
      }
    },
  )
}
