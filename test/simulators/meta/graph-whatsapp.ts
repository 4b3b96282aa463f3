// Graph's side of WhatsApp numbers: sending, subscriptions, files, and what the phone shares once.
import { randomUUID } from 'node:crypto'
import { APP, authorize, type GraphState, Refusal, type Request } from './graph-state.ts'
import { problemsOf } from './whatsapp-document.ts'

export interface SimulatedNumber {
  id: string
  wabaId: string
  /** E.164. */
  number: string
  token: string
  onPhone: boolean
  /** By the Cloud API; false once the phone or the business has cut it off. */
  served: boolean
  subscribed: boolean
  /** What was asked for already. */
  shared: Set<string>
  /** The day in which it may be asked for is over. */
  tooLate: boolean
  /** Taken messages, newest last. */
  // biome-ignore lint/suspicious/noExplicitAny: payloads are checked by the assertions
  sent: { id: string; body: any }[]
}

/** Undefined: the path is none of WhatsApp's. */
export function answerWhatsApp(state: GraphState, request: Request, path: string[]) {
  const [first = '', second = ''] = path
  const { method } = request
  const waba = [...state.numbers.values()].filter(({ wabaId }) => wabaId === first)
  const number = state.numbers.get(first)
  if (waba.length > 0) {
    prove(state, request, waba[0]!)
    if (second === 'phone_numbers') return { data: waba.map((one) => shown(request, one)) }
    if (second === 'message_templates') return { data: TEMPLATES, paging: { cursors: {} } }
    if (second === 'subscribed_apps') return subscribed(method, waba[0]!)
  }
  if (number) {
    prove(state, request, number)
    if (second === '' && method === 'GET') return shown(request, number)
    if (second === 'smb_app_data') return share(request, number)
    if (second === 'messages' && method === 'POST') return send(state, request, number)
  }
  const file = state.media.get(first)
  if (file && second === '') {
    authorize(state, request)
    return { url: file.url, mime_type: file.contentType, id: first, messaging_product: 'whatsapp' }
  }
  return undefined
}

const TEMPLATES = [
  {
    name: 'order_ready',
    language: 'pt_BR',
    status: 'APPROVED',
    components: [
      {
        type: 'BODY',
        text: 'Olá {{1}}, seu pedido {{2}} chegou.',
        example: { body_text: [['Ana', '42']] },
      },
    ],
  },
]

function prove(state: GraphState, request: Request, number: SimulatedNumber): void {
  const token = authorize(state, request)
  if (token === number.token) return
  throw new Refusal(400, 100, `Object with ID '${number.id}' does not exist`, 33)
}

/** Only what was asked for by name. */
function shown({ query }: Request, { id, number, onPhone, served }: SimulatedNumber) {
  const fields: Record<string, unknown> = {
    display_phone_number: number.replace(/^(\+\d)(\d{3})(\d{3})/, '$1 $2-$3-'),
    verified_name: 'Shop',
    is_on_biz_app: onPhone,
    platform_type: served ? 'CLOUD_API' : 'NOT_APPLICABLE',
  }
  const asked = (query.get('fields') ?? '').split(',').filter((name) => name in fields)
  return { ...Object.fromEntries(asked.map((name) => [name, fields[name]])), id }
}

function subscribed(method: string, number: SimulatedNumber) {
  if (method === 'GET') {
    const app = { whatsapp_business_api_data: { id: APP.appId, name: 'Ours', link: 'https://x' } }
    return { data: number.subscribed ? [app] : [] }
  }
  number.subscribed = method === 'POST'
  return { success: true }
}

function share({ body }: Request, number: SimulatedNumber) {
  const type = body?.sync_type
  if (body?.messaging_product !== 'whatsapp' || !['smb_app_state_sync', 'history'].includes(type)) {
    throw new Refusal(400, 100, '(#100) Invalid parameter')
  }
  if (!number.onPhone) throw new Refusal(400, 100, '(#100) The number is not on the phone')
  if (number.shared.has(type)) throw new Refusal(400, 2_593_107, 'Sync request limit exceeded')
  if (number.tooLate) throw new Refusal(400, 2_593_108, 'Sync requested outside the allowed window')
  number.shared.add(type)
  return { messaging_product: 'whatsapp', request_id: randomUUID() }
}

function send(state: GraphState, { body }: Request, number: SimulatedNumber) {
  const wrong = (message: string) => new Refusal(400, 131_009, `(#131009) ${message}`)
  if (body?.messaging_product !== 'whatsapp')
    throw new Refusal(400, 100, '(#100) messaging_product')
  if (!/^\d{5,15}$|^[A-Z]{2}\.\w+$/.test(body.to ?? '')) throw wrong('to')
  if (typeof body[body.type] !== 'object') throw new Refusal(400, 131_008, '(#131008) missing')
  if (body.type === 'text' && [...body.text.body].length > 4096) throw wrong('text.body')
  const media = ['image', 'audio', 'video', 'document'].includes(body.type) && body[body.type]
  if (media && !/^https?:/.test(media.link ?? '')) throw wrong('link')
  if (media?.caption !== undefined && body.type === 'audio') throw wrong('caption')
  state.problems.push(...problemsOf(body))
  const id = `wamid.${randomUUID()}`
  number.sent.push({ id, body })
  return {
    messaging_product: 'whatsapp',
    contacts: [{ input: body.to, wa_id: body.to }],
    messages: [{ id }],
  }
}
