// WhatsApp by Meta's Cloud API: the channel's one door.

import type { NetPolicy } from '../../net/policy.ts'
import type { Channel, StageResult } from '../channel.ts'
import type { ChatDraft, ChatLimits, ChatMessage, ChatRefusal } from '../chat.ts'
import { ChannelError } from '../errors.ts'
import { createMetaAccess, type MetaAccess } from '../meta/access.ts'
import { type MetaApp, NO_APP } from '../meta/app.ts'
import { openMetaFile } from '../meta/download.ts'
import {
  askPhone,
  ensureSubscribed,
  findNumber,
  locateFile,
  sendWhatsApp,
  unsubscribe,
} from './calls.ts'
import { historyMessages } from './parse.ts'
import { kindOf } from './payload.ts'
import {
  providerIdsOf,
  readWhatsAppForm,
  type WhatsAppConnection,
  type WhatsAppCredentials,
  type WhatsAppSettings,
} from './settings.ts'
import { exchangeCode } from './sign-up.ts'
import { listTemplates, templateKeyOf } from './templates.ts'

const DAY_MS = 24 * 3_600_000
/** Characters. */
const MAX_TEXT = 4_096
const MAX_CAPTION = 1_024
const LIMITS: ChatLimits = {
  text: MAX_TEXT,
  unit: 'characters',
  textBesideFile: MAX_CAPTION,
  files: 1,
}
/** Bytes, by the kind that WhatsApp shows a file as. */
const MAX_FILE = { image: 5_000_000, audio: 16_000_000, video: 16_000_000, document: 100_000_000 }

export function createWhatsAppCloud(
  app: MetaApp | null,
  policy: NetPolicy,
): Channel<WhatsAppSettings, WhatsAppCredentials> {
  const access = createMetaAccess(app ?? NO_APP, policy)
  return {
    type: 'whatsapp_cloud',
    connect: {
      kind: 'form',
      read: readWhatsAppForm,
      exchange: (code) => exchangeCode(access, code),
    },
    addressOf: ({ number }) => number,
    providerIds: providerIdsOf,
    history: {
      messagesOf: historyMessages,
      shares: ({ coexistence }) => (coexistence ? ['contacts', 'history'] : []),
      ask: (connection, share) => askPhone(access, connection, share),
    },
    preflight: (connection) => prove(access, connection),
    learn: (settings, { found }) => ({ ...settings, ...found }),
    async subscribe(connection) {
      await ensureSubscribed(access, connection)
    },
    // Nothing can be listed. What can be asked is whether the number and our access are what they
    // were, and whether we are still told of everything.
    async pull(connection, _cursor, { now }) {
      await findNumber(access, connection)
      await ensureSubscribed(access, connection)
      return { messages: [], poison: [], bytes: 0, cursor: now.toISOString(), next: undefined }
    },
    chat: {
      windowMs: DAY_MS,
      interactive: true,
      replies: true,
      pace: {
        // What a number may send while its phone takes part.
        inbox: { capacity: 20, perSecond: 20 },
        // One message in six seconds to one contact, with bursts (error 131056).
        contact: { capacity: 45, perSecond: 1 / 6 },
      },
      limitsOf: () => LIMITS,
      refusalOf,
      async send(connection, message, hooks) {
        return sendWhatsApp(access, connection, outboundOf(message), hooks)
      },
      async openFile(connection, part, signal) {
        const url = await locateFile(access, connection, part)
        const { access_token } = connection.credentials
        return url === undefined ? undefined : openMetaFile(access, url, access_token, signal)
      },
      templates: (connection) => listTemplates(access, connection),
    },
    notices: ({ coexistence }) => [
      ...(coexistence ? ['whatsapp_companions'] : []),
      'whatsapp_cannot_list',
    ],
    disconnect: (connection) => unsubscribe(access, connection),
  }
}

async function* prove(
  access: MetaAccess,
  connection: WhatsAppConnection,
): AsyncGenerator<StageResult> {
  try {
    yield { stage: 'sender', ok: true, found: await findNumber(access, connection) }
  } catch (error) {
    if (!(error instanceof ChannelError)) throw error
    yield { stage: 'sender', ok: false, ...error.details }
  }
}

function refusalOf({ text, files, template, interactive }: ChatDraft): ChatRefusal | undefined {
  if (template) return text === '' && files.length === 0 ? undefined : { reason: 'template_alone' }
  if (files.length > 1) return { reason: 'one_file_a_message', limit: 1 }
  const [file] = files
  const most = file ? MAX_CAPTION : MAX_TEXT
  if ([...text].length > most) return { reason: 'message_too_long', limit: most }
  if (file === undefined) return undefined
  if (interactive) return { reason: 'one_file_a_message', limit: 0 }
  const kind = kindOf(file.contentType)
  if (file.size > MAX_FILE[kind]) return { reason: 'file_too_large', limit: MAX_FILE[kind] }
  // WhatsApp would drop the words without telling.
  return kind === 'audio' && text !== '' ? { reason: 'audio_takes_no_text' } : undefined
}

function outboundOf(message: ChatMessage) {
  const { to, text, files, template, interactive, inReplyTo, reference } = message
  const chosen = template && { ...templateKeyOf(template.id), variables: template.variables }
  return {
    to,
    text,
    file: files[0] ?? null,
    interactive,
    template: chosen,
    inReplyTo,
    reference,
  }
}
