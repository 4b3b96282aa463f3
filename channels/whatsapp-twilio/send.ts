// One WhatsApp message out, and the question whether an earlier try arrived.
// https://www.twilio.com/docs/messaging/api/message-resource

import type { SendHooks } from '../channel.ts'
import type { ChatDraft, ChatLimits, ChatMessage, ChatRefusal, SentChat } from '../chat.ts'
import type { TwilioAccess } from './client.ts'
import { calling, callingOnce } from './errors.ts'
import { whatsappAddress } from './phone-numbers.ts'
import type { TwilioConnection } from './settings.ts'

/** Characters of a Body. */
const MAX_TEXT = 1_600
/** Bytes of a file; Meta takes less of a picture. */
const MAX_FILE = 16_000_000
const MAX_IMAGE = 5_000_000

/** The contact wrote within the last 24 hours (WhatsApp's customer service window). */
export const WINDOW_MS = 24 * 3_600_000

export const LIMITS: ChatLimits = {
  text: MAX_TEXT,
  unit: 'characters',
  textBesideFile: MAX_TEXT,
  files: 1,
}

export function refusalOf({ text, files, template }: ChatDraft): ChatRefusal | undefined {
  if (template) return text === '' && files.length === 0 ? undefined : { reason: 'template_alone' }
  if ([...text].length > MAX_TEXT) return { reason: 'message_too_long', limit: MAX_TEXT }
  if (files.length > 1) return { reason: 'one_file_a_message', limit: 1 }
  const [file] = files
  if (file === undefined) return undefined
  const limit = file.contentType.startsWith('image/') ? MAX_IMAGE : MAX_FILE
  if (file.size > limit) return { reason: 'file_too_large', limit }
  // WhatsApp would drop the words without telling.
  if (file.contentType.startsWith('audio/') && text !== '') return { reason: 'audio_takes_no_text' }
  return undefined
}

/** @throws ChannelError when it certainly did not go out, AmbiguousSend when it may have */
export async function sendTwilio(
  access: TwilioAccess,
  connection: TwilioConnection,
  message: ChatMessage,
  hooks: SendHooks,
): Promise<SentChat> {
  const { template, files } = message
  const content = template
    ? { contentSid: template.id, contentVariables: JSON.stringify(template.variables) }
    : { body: message.text, ...(files[0] ? { mediaUrl: [files[0].url] } : {}) }
  await hooks.onTransmitting()
  const { sid } = await callingOnce(access, connection, () =>
    access.sending(connection).messages.create({
      from: whatsappAddress(connection.settings.number),
      to: message.to,
      statusCallback: message.statusUrl,
      ...content,
    }),
  )
  return { externalId: sid }
}

/** Twilio knows no key of ours, so what it lists is compared by contact, time and words. */
export async function findSentTwilio(
  access: TwilioAccess,
  connection: TwilioConnection,
  message: ChatMessage,
  since: Date,
): Promise<SentChat[]> {
  const { messages } = access.sending(connection)
  const listed = await calling(access, connection, () =>
    messages.list({
      from: whatsappAddress(connection.settings.number),
      to: message.to,
      // Twilio tells whole seconds.
      dateSentAfter: new Date(since.getTime() - 1_000),
      limit: 100,
    }),
  )
  return listed
    .filter(
      ({ direction, body, numMedia }) =>
        direction.startsWith('outbound') &&
        // What a template becomes only Twilio knows.
        (message.template !== null || body === message.text) &&
        Number(numMedia) === message.files.length,
    )
    .map(({ sid }) => ({ externalId: sid }))
    .reverse()
}
