// What a chat would not take is refused in front of whoever writes it, before anything is queued.
import type { Channel } from '../channels/channel.ts'
import { type ChatDraft, windowOf } from '../channels/chat.ts'
import type { Database } from '../db/client.ts'
import type { InboxRow } from '../db/inboxes.ts'
import { lastWritten } from '../db/last-written.ts'
import { findTemplate } from '../db/templates.ts'
import { interactiveFault } from '../domain/interactive.ts'
import type { ContentType } from '../domain/message.ts'
import { filledIn, missingVariables, type TemplateChoice } from '../domain/template.ts'
import { type Locale, reasonText } from '../locales/texts.ts'
import type { Deps } from './context.ts'
import { apiError, invalidField } from './errors.ts'

export interface Draft extends Omit<ChatDraft, 'to'> {
  contentType: ContentType
  conversationId: number
  /** No person wrote it. */
  automatic: boolean
}

/** The text as it is kept. */
export interface CheckedDraft {
  content: string
  /** What follows it as messages of their own, where one could not hold it. */
  rest: string[]
  contentType: ContentType
  template: TemplateChoice | undefined
}

/**
 * @throws channel_feature_unsupported naming the alternative, message_not_sendable with the reason
 */
export async function checkDraft(
  { db, channels, clock }: Deps,
  inbox: InboxRow,
  draft: Draft,
  locale: Locale,
): Promise<CheckedDraft> {
  const channel = channels.of(inbox.channel)
  const { contentType } = draft
  const plain = { content: draft.text, rest: [], contentType, template: undefined }
  refuseUnsupported(channel, draft)
  if (!channel.chat) return plain
  const refuse = (reason: string, limit?: number, windowEnd?: Date): never => {
    const [message, remedy] = reasonText(reason, locale)
    const window_ended_at = windowEnd?.toISOString() ?? null
    const details = { reason, message, remedy, limit: limit ?? null, window_ended_at }
    throw apiError('message_not_sendable', details)
  }
  const ref = { accountId: inbox.account_id, conversationId: draft.conversationId }
  const written = (await lastWritten(db, ref)) ?? refuse('no_recipient')
  const toSend = { ...draft, to: written.from }
  const [first = '', ...rest] = channel.chat.piecesOf?.(toSend, inbox.settings) ?? [draft.text]
  for (const text of [first, ...rest]) {
    const refusal = channel.chat.refusalOf({ ...toSend, text })
    if (refusal) refuse(refusal.reason, refusal.limit)
  }
  const fault = draft.interactive && interactiveFault(draft.interactive, draft.text)
  if (fault) refuse(fault)
  const windowEnd = new Date(written.at.getTime() + windowOf(channel.chat, draft.automatic))
  const open = clock() < windowEnd
  if (draft.template === null) {
    if (!open) refuse('window_closed', undefined, written.at.getTime() > 0 ? windowEnd : undefined)
    return { ...plain, content: first, rest }
  }
  return chosenTemplate(db, inbox, draft.template, open, refuse)
}

async function chosenTemplate(
  db: Database,
  inbox: InboxRow,
  choice: TemplateChoice,
  open: boolean,
  refuse: (reason: string) => never,
): Promise<CheckedDraft> {
  const template = await findTemplate(db, inbox.account_id, inbox.id, choice.id)
  if (!template) throw invalidField('template.id', 'template_not_found')
  if (!template.approved && !open) refuse('template_not_approved')
  const [missing] = missingVariables(template, choice)
  if (missing !== undefined) throw invalidField(`template.variables.${missing}`, 'missing')
  const content = filledIn(template, choice)
  return { content, rest: [], contentType: 'template', template: choice }
}

/** What takes the place of what a channel has not. */
function refuseUnsupported(
  { chat, type }: Channel,
  { contentType, template, interactive }: Draft,
): void {
  if (contentType === 'text' && template === null) return
  if (chat?.interactive && interactive !== null) return
  if (contentType === 'text' && chat?.templates) return
  const feature = contentType === 'text' ? 'template' : contentType
  const alternative = type === 'whatsapp_twilio' ? 'template' : 'text'
  throw apiError('channel_feature_unsupported', { feature, channel: type, alternative })
}
