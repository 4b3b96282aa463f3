// What Meta lists of a page's conversations, for webhooks that were lost.
// https://developers.facebook.com/docs/messenger-platform/conversations

import type { InboundMessage, LivePage, PullContext } from '../channel.ts'
import type { MetaAccess } from '../meta/access.ts'
import { calling } from '../meta/errors.ts'
import { list, object, text } from '../meta/webhook.ts'
import { threadOf } from './parse.ts'
import { sendContext } from './send.ts'
import type { InstagramConnection, InstagramSettings } from './settings.ts'

type Product = 'instagram' | 'messenger'

/** JSON-safe. */
export interface MessagingCursor {
  /** The inbox was connected then: what came before is not ours. */
  since: string
  /** Everything before this was listed. */
  through: string
  /** Where a listing that is under way goes on, and when it began. */
  at?: { product: Product; after: string | null; began: string }
}

/** A day again each time: messages may be listed long after they came. */
const OVERLAP_MS = 24 * 3_600_000
/** Of older messages than the last 20 of a conversation Meta tells nothing. */
const FIELDS = `id,updated_time,messages.limit(20){id,message,from,to,created_time,attachments,story}`

/** One page of conversations, the latest first, until they are older than what is known. */
export async function pullMessaging(
  access: MetaAccess,
  connection: InstagramConnection,
  known: MessagingCursor | undefined,
  { now, since: connectedAt }: Pick<PullContext, 'now' | 'since'>,
): Promise<LivePage<MessagingCursor>> {
  const { settings } = connection
  const cursor = known ?? { since: connectedAt.toISOString(), through: connectedAt.toISOString() }
  const start = Math.max(Date.parse(cursor.since), Date.parse(cursor.through) - OVERLAP_MS)
  // Graph tells whole seconds.
  const from = Math.floor(start / 1000) * 1000
  const at = cursor.at ?? {
    product: productsOf(settings)[0]!,
    after: null,
    began: now.toISOString(),
  }
  const context = sendContext(access, connection)
  const { body } = await calling(context, () =>
    access.graph.call({
      path: `${settings.page_id}/conversations`,
      token: context.token,
      query: {
        platform: at.product,
        fields: FIELDS,
        limit: '25',
        ...(at.after === null ? {} : { after: at.after }),
      },
    }),
  )
  const talks = list(body.data).filter(({ updated_time }) => timeOf(updated_time) >= from)
  const found = talks
    // Listed the latest first, and several bear the same second.
    .flatMap((talk) => list(object(talk.messages).data).reverse())
    .filter(({ created_time }) => timeOf(created_time) >= from)
    .flatMap((one) => messageOf(settings, at.product, one) ?? [])
    .sort((a, b) => a.sentAt.getTime() - b.sentAt.getTime())
  const after = text(object(object(body.paging).cursors).after)
  const goesOn = after !== '' && talks.length === list(body.data).length
  const product = goesOn
    ? at.product
    : productsOf(settings)[productsOf(settings).indexOf(at.product) + 1]
  if (product === undefined) return page(found, { since: cursor.since, through: at.began })
  const next = { ...cursor, at: { ...at, product, after: goesOn ? after : null } }
  return page(found, next, next)
}

const productsOf = ({ instagram_id }: InstagramSettings): Product[] =>
  instagram_id === null ? ['messenger'] : ['instagram', 'messenger']

function messageOf(
  settings: InstagramSettings,
  product: Product,
  listed: Record<string, unknown>,
): InboundMessage | undefined {
  const own = product === 'instagram' ? settings.instagram_id! : settings.page_id
  const from = text(object(listed.from).id)
  const isOurs = from === own
  const contact = isOurs ? text(list(object(listed.to).data)[0]?.id) : from
  const id = text(listed.id)
  // The mention of a story lies among the messages, and is none.
  if (id === '' || contact === '' || object(listed.story).mention) return undefined
  const at = new Date(timeOf(listed.created_time))
  return {
    externalId: id,
    direction: isOurs ? 'outgoing' : 'incoming',
    sentByAccount: isOurs,
    contact: { kind: product, value: contact, name: nameOf(listed, isOurs) || contact },
    sourceId: null,
    references: [threadOf(product, contact)],
    subject: '',
    text: text(listed.message),
    html: null,
    contentType: 'text',
    attributes: {
      product,
      account: own,
      listed: true,
      ...(isOurs ? {} : { from: `${product}:${contact}` }),
    },
    automatic: false,
    sentAt: at,
    deliveredAt: at,
    attachments: list(object(listed.attachments).data).flatMap((file, position) => {
      const url = urlOf(file)
      if (!/^https:/.test(url)) return []
      return {
        fileName: text(file.name) || `file-${position + 1}`,
        contentType: text(file.mime_type) || (file.image_data ? 'image/jpeg' : 'video/mp4'),
        size: 0,
        contentId: null,
        inline: false,
        content: null,
        part: url,
      }
    }),
    location: null,
  }
}

const nameOf = ({ from }: Record<string, unknown>, isOurs: boolean) =>
  isOurs ? '' : text(object(from).username) || text(object(from).name)

const urlOf = (file: Record<string, unknown>) =>
  text(object(file.image_data).url) || text(object(file.video_data).url) || text(file.file_url)

/** Graph writes `+0000`, which not every reader of dates takes. */
const timeOf = (value: unknown) => Date.parse(text(value).replace(/\+0000$/, 'Z')) || 0

function page(
  messages: InboundMessage[],
  cursor: MessagingCursor,
  next?: MessagingCursor,
): LivePage<MessagingCursor> {
  return { messages, poison: [], bytes: 0, cursor, next }
}
