// Graph's side of a page: subscriptions, sending within the window, the list of conversations.
import { randomUUID } from 'node:crypto'
import {
  APP,
  authorize,
  type GraphState,
  pageOfToken,
  Refusal,
  type Request,
  type SimulatedContact,
  type SimulatedPage,
} from './graph-state.ts'

const DAY_MS = 24 * 3_600_000
const WINDOW_MS = DAY_MS
const HUMAN_AGENT_MS = 7 * DAY_MS

export function pageFor(state: GraphState, request: Request, id: string): SimulatedPage {
  const page = pageOfToken(state, authorize(state, request))
  if (!page || (id !== 'me' && page.id !== id)) {
    throw new Refusal(400, 100, `Unsupported request. Object with ID '${id}' does not exist`, 33)
  }
  return page
}

export function subscribedApps(request: Request, page: SimulatedPage) {
  const { method, query } = request
  if (method === 'GET') {
    const fields = page.subscribed
    return { data: fields ? [{ id: APP.appId, name: 'Ours', subscribed_fields: fields }] : [] }
  }
  if (!page.tasks.includes('MODERATE')) throw new Refusal(403, 200, '(#200) MODERATE is needed')
  const fields = (query.get('subscribed_fields') ?? '').split(',')
  const wrong = fields.find((field) => !FIELDS.includes(field))
  if (method === 'POST' && wrong !== undefined)
    throw new Refusal(400, 100, `Param subscribed_fields: ${wrong}`)
  page.subscribed = method === 'POST' ? fields : undefined
  return { success: true }
}

export async function send(state: GraphState, { body }: Request, page: SimulatedPage) {
  if (!state.user.granted.includes('pages_messaging') || !page.tasks.includes('MESSAGING')) {
    throw new Refusal(403, 200, '(#200) Requires pages_messaging permission to manage the object')
  }
  const contact = page.contacts.get(body?.recipient?.id)
  if (!contact) throw new Refusal(400, 100, '(#100) No matching user found', 2018001)
  if (contact.owner !== undefined && contact.owner !== APP.appId) {
    const words = '(#10) Message failed to send because another app is controlling this thread now.'
    throw new Refusal(403, 10, words, 2018300)
  }
  const { message, messaging_type: type, tag } = body
  if (!['RESPONSE', 'MESSAGE_TAG'].includes(type))
    throw new Refusal(400, 100, '(#100) messaging_type')
  if ((type === 'MESSAGE_TAG') !== (tag === 'HUMAN_AGENT'))
    throw new Refusal(400, 100, '(#100) tag')
  const since = state.now() - contact.wroteAt
  if (since > (tag === 'HUMAN_AGENT' ? HUMAN_AGENT_MS : WINDOW_MS)) {
    const subcode = contact.platform === 'instagram' ? 2534022 : 2018278
    throw new Refusal(400, 10, '(#10) This message is sent outside of allowed window.', subcode)
  }
  const text: unknown = message?.text
  const url: unknown = message?.attachment?.payload?.url
  if ((typeof text === 'string') === (typeof url === 'string')) {
    throw new Refusal(400, 100, '(#100) Param message: one of text and attachment')
  }
  if (typeof text === 'string' && isTooLong(text, contact.platform)) {
    throw new Refusal(
      400,
      100,
      '(#100) Length of param message[text] must be less than or equal to 1000',
    )
  }
  const kinds = ['image', 'audio', 'video', 'file']
  if (url !== undefined && !kinds.includes(message.attachment.type)) {
    throw new Refusal(400, 100, '(#100) Upload attachment failure.', 2018047)
  }
  const mid = `m_${randomUUID()}`
  contact.messages.push({ id: mid, from: page.id, text: String(text ?? ''), at: state.now() })
  await state.onSent?.(page, mid)
  return { recipient_id: body.recipient.id, message_id: mid }
}

export function conversations({ query }: Request, page: SimulatedPage) {
  const platform = query.get('platform') ?? 'messenger'
  const asked = query.get('user_id')
  const found = [...page.contacts]
    .filter(([id, one]) => one.platform === platform && (asked === null || id === asked))
    .map(([id, one]) => ({ id, one, updated: Math.max(0, ...one.messages.map(({ at }) => at)) }))
    .sort((a, b) => b.updated - a.updated)
  const [from, limit] = [Number(query.get('after') ?? 0), Number(query.get('limit') ?? 25)]
  const own = platform === 'instagram' ? page.instagram!.id : page.id
  const data = found.slice(from, from + limit).map(({ id, one, updated }) => ({
    id: `t_${id}`,
    updated_time: graphTime(updated),
    messages: {
      data: one.messages.toReversed().map((message) => {
        const ours = message.from === page.id
        return {
          id: message.id,
          message: message.text,
          created_time: graphTime(message.at),
          from: { id: ours ? own : id, ...(one.name ? { username: one.name } : {}) },
          to: { data: [{ id: ours ? id : own }] },
          ...(message.mention ? { story: { mention: { id: 's1', link: 'https://x/s' } } } : {}),
          ...(message.files
            ? { attachments: { data: message.files.map((url) => ({ image_data: { url } })) } }
            : {}),
        }
      }),
    },
  }))
  const more = from + limit < found.length
  return { data, paging: { cursors: more ? { after: `${from + limit}` } : {} } }
}

/** Somebody who never wrote is refused; a thread at rest is nobody's. */
export function threadOwner({ query }: Request, page: SimulatedPage) {
  const contact = page.contacts.get(query.get('recipient') ?? '')
  if (!contact) throw new Refusal(400, 100, '(#100) No matching user found', 2018001)
  const { owner } = contact
  return { data: owner === undefined ? [] : [{ thread_owner: { app_id: owner } }] }
}

export function profile(page: SimulatedPage, id: string) {
  const contact = page.contacts.get(id)
  if (!contact) throw new Refusal(400, 100, `Object with ID '${id}' does not exist`, 33)
  if (contact.name === undefined) {
    throw new Refusal(400, 230, '(#230) User consent is required to access user profile')
  }
  return contact.platform === 'instagram'
    ? { id, name: contact.name, username: contact.name.toLowerCase() }
    : { id, first_name: contact.name, last_name: '' }
}

/** Instagram counts bytes, Messenger characters. */
function isTooLong(text: string, platform: SimulatedContact['platform']): boolean {
  return platform === 'instagram' ? Buffer.byteLength(text) > 1000 : [...text].length >= 2000
}

/** As Graph writes times: `2026-11-25T12:00:00+0000`. */
const graphTime = (ms: number) => new Date(ms).toISOString().replace(/\.\d+Z$/, '+0000')

const FIELDS = `messages messaging_postbacks message_echoes message_reads message_deliveries
  message_reactions standby messaging_handovers messaging_referrals`.split(/\s+/)
