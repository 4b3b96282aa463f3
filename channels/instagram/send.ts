// One Instagram or Messenger message out, and the question whether an earlier try arrived.
// https://developers.facebook.com/docs/messenger-platform/reference/send-api

import type { SendHooks } from '../channel.ts'
import type { MetaAccess } from '../meta/access.ts'
import { type Calling, calling, callingOnce } from '../meta/errors.ts'
import { list, object, text as readText } from '../meta/webhook.ts'
import { messagingMeaning } from './refusals.ts'
import type { InstagramConnection } from './settings.ts'

export interface MessagingFile {
  contentType: string
  url: string
}

export interface MessagingMessage {
  product: 'instagram' | 'messenger'
  /** Id of the contact for this page. */
  to: string
  /** Text or a file: Meta takes one of the two. */
  text: string
  file: MessagingFile | null
  /** The last day's window is over, and a person wrote this. */
  byHumanAgent: boolean
  /** Id of the message it answers. */
  inReplyTo: string | null
}

export function sendContext(
  { graph }: MetaAccess,
  { credentials }: InstagramConnection,
): Calling & { token: string } {
  return { graph, token: credentials.page_token, own: messagingMeaning }
}

/**
 * Meta's id of the message, and how long to leave Graph alone afterwards.
 * @throws ChannelError when it certainly did not go out, AmbiguousSend when it may have
 */
export async function sendMessaging(
  access: MetaAccess,
  connection: InstagramConnection,
  message: MessagingMessage,
  hooks: SendHooks,
): Promise<{ externalId: string; restMs: number }> {
  const { text, file, to, inReplyTo, byHumanAgent } = message
  const context = sendContext(access, connection)
  await hooks.onTransmitting()
  const { body, restMs } = await callingOnce(context, () =>
    access.graph.call({
      method: 'POST',
      path: `${connection.settings.page_id}/messages`,
      token: context.token,
      body: {
        recipient: { id: to },
        ...(byHumanAgent
          ? { messaging_type: 'MESSAGE_TAG', tag: 'HUMAN_AGENT' }
          : { messaging_type: 'RESPONSE' }),
        message: file
          ? { attachment: { type: kindOf(file.contentType), payload: { url: file.url } } }
          : { text },
        ...(inReplyTo === null ? {} : { reply_to: { mid: inReplyTo } }),
      },
    }),
  )
  return { externalId: String(body.message_id), restMs }
}

function kindOf(contentType: string): 'image' | 'audio' | 'video' | 'file' {
  const kind = /^(image|audio|video)\//.exec(contentType)?.[1]
  return (kind as 'image' | 'audio' | 'video' | undefined) ?? 'file'
}

/** Meta knows no key of ours, so what it lists is compared by contact, time and words. */
export async function findSentMessaging(
  access: MetaAccess,
  connection: InstagramConnection,
  { product, to, text, file }: Pick<MessagingMessage, 'product' | 'to' | 'text' | 'file'>,
  since: Date,
): Promise<{ externalId: string }[]> {
  const context = sendContext(access, connection)
  const { body } = await calling(context, () =>
    access.graph.call({
      path: `${connection.settings.page_id}/conversations`,
      token: context.token,
      query: {
        platform: product,
        user_id: to,
        fields: 'messages.limit(20){id,message,from,created_time,attachments}',
      },
    }),
  )
  const [talk] = list(body.data)
  return list(object(talk?.messages).data)
    .filter((one) => {
      // Graph tells whole seconds.
      const isRecent = Date.parse(readText(one.created_time)) >= since.getTime() - 1_000
      if (!isRecent || readText(object(one.from).id) === to) return false
      if (file === null) return readText(one.message).trim() === text.trim()
      return list(object(one.attachments).data).length > 0
    })
    .map(({ id }) => ({ externalId: readText(id) }))
    .reverse()
}
