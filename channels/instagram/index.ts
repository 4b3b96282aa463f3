// Instagram and Messenger of a Facebook page: the channel's one door.

import type { NetPolicy } from '../../net/policy.ts'
import type { Channel, StageResult } from '../channel.ts'
import type { ChatDraft, ChatMessage, ChatRefusal } from '../chat.ts'
import { ChannelError } from '../errors.ts'
import { createMetaAccess, type MetaAccess } from '../meta/access.ts'
import { type MetaApp, NO_APP } from '../meta/app.ts'
import { openMetaFile } from '../meta/download.ts'
import { instagramConnect } from './connect.ts'
import { limitExceeded, limitsOf, splitText } from './limits.ts'
import { nameOfContact } from './profile.ts'
import { type MessagingCursor, pullMessaging } from './pull.ts'
import { findSentMessaging, type MessagingMessage, sendMessaging } from './send.ts'
import {
  type InstagramConnection,
  type InstagramCredentials,
  type InstagramSettings,
  providerIdsOf,
} from './settings.ts'
import { ensureSubscribed, unsubscribe } from './subscription.ts'
import { ownerShownBy, threadOwner } from './thread-owner.ts'

const DAY_MS = 24 * 3_600_000
/** Bytes (Send API, Instagram). */
const MAX_IMAGE = 8_000_000
const MAX_FILE = 25_000_000

export function createInstagram(
  app: MetaApp | null,
  policy: NetPolicy,
): Channel<InstagramSettings, InstagramCredentials> {
  const access = createMetaAccess(app ?? NO_APP, policy)
  return {
    type: 'instagram',
    connect: instagramConnect(app, policy),
    providerIds: providerIdsOf,
    preflight: (connection) => prove(access, connection),
    async pull(connection, cursor, context) {
      // Before the list is read: what comes meanwhile is pushed, so nothing falls between.
      await ensureSubscribed(access, connection)
      return pullMessaging(access, connection, cursor as MessagingCursor | undefined, context)
    },
    chat: {
      windowMs: DAY_MS,
      // Meta's HUMAN_AGENT tag.
      personWindowMs: 7 * DAY_MS,
      replies: true,
      limitsOf(to, { long_answers }) {
        const limits = limitsOf(personOf(to).product)
        return long_answers === 'split' ? { ...limits, text: null } : limits
      },
      refusalOf,
      piecesOf: ({ to, text }, { long_answers }) =>
        long_answers === 'split' ? splitText(personOf(to).product, text) : [text],
      send: (connection, message, hooks) =>
        sendMessaging(access, connection, outboundOf(message), hooks),
      findSent: (connection, message, since) =>
        findSentMessaging(access, connection, outboundOf(message), since),
      nameOf: (connection, { kind, value }) =>
        nameOfContact(access, connection, { product: productOf(kind), id: value }),
      receiverOf: (connection, { kind, value }) =>
        threadOwner(access, connection, { product: productOf(kind), id: value }),
      receiverShownBy: (refusal, to) => ownerShownBy(refusal, personOf(to).product),
      openFile: ({ credentials }, part, signal) =>
        openMetaFile(access, part, credentials.page_token, signal),
    },
    disconnect: (connection) => unsubscribe(access, connection),
  }
}

async function* prove(
  access: MetaAccess,
  connection: InstagramConnection,
): AsyncGenerator<StageResult> {
  try {
    await ensureSubscribed(access, connection)
    yield { stage: 'account', ok: true }
  } catch (error) {
    if (!(error instanceof ChannelError)) throw error
    yield { stage: 'account', ok: false, ...error.details }
  }
}

function refusalOf({ to, text, files, template }: ChatDraft): ChatRefusal | undefined {
  if (template) return { reason: 'content_not_accepted' }
  const limit = limitExceeded(personOf(to).product, text)
  if (limit !== undefined) return { reason: 'message_too_long', limit }
  if (files.length > 1) return { reason: 'one_file_a_message', limit: 1 }
  const [file] = files
  if (file === undefined) return undefined
  if (text !== '') return { reason: 'file_takes_no_text' }
  const most = file.contentType.startsWith('image/') ? MAX_IMAGE : MAX_FILE
  return file.size > most ? { reason: 'file_too_large', limit: most } : undefined
}

/** As parse.ts writes it: `instagram:` or `messenger:`, and the contact's id for this page. */
function personOf(to: string): Pick<MessagingMessage, 'product' | 'to'> {
  const [product, id = ''] = to.split(':')
  return { product: productOf(product), to: id }
}

const productOf = (kind: string | undefined) => (kind === 'messenger' ? kind : 'instagram')

function outboundOf({ to, text, files, late, inReplyTo }: ChatMessage): MessagingMessage {
  return {
    ...personOf(to),
    text,
    file: files[0] ?? null,
    byHumanAgent: late,
    inReplyTo,
  }
}
