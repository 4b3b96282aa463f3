// Twilio, as far as WhatsApp needs it: accounts, senders, messages, media, signed webhooks. It takes
// what Twilio's OpenAPI documents take and refuses the rest, and fails in the ways a test asks for.
import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { problemsOf, type TwilioRequest } from './openapi.ts'
import {
  inbound,
  refuse,
  reply,
  type SimAccount,
  type SimMessage,
  type SimSender,
  seconds,
  shown,
  shownSender,
  sidOf,
  statusOf,
} from './resources.ts'
import { postSigned } from './signed-post.ts'

/** What happens to the next message that is sent, once each. */
export type SendFault =
  | { kind: 'status'; status: number; code: number; message: string }
  /** It is accepted, and the reply never comes. */
  | { kind: 'lost_reply' }
  /** It is not accepted, and the connection breaks. */
  | { kind: 'lost_request' }
  /** 201, and then a failed status with this code. */
  | { kind: 'fails_later'; code: number }

export interface TwilioSimulator {
  /** What stands for all of Twilio's hosts. */
  readonly origin: string
  account(): SimAccount
  sender(account: SimAccount, number: string): SimSender
  readonly messages: SimMessage[]
  /** Requests that were not as the documents say; a test expects none. */
  readonly problems: string[]
  readonly faults: SendFault[]
  /** Statuses that a sent message goes through, in the order they are told. */
  statuses: string[]
  /** Answers of other calls, by a part of their path. */
  readonly answers: Map<string, { status: number; code: number; message: string }>
  readonly templates: object[]
  /** A contact writes: it is listed, and told to the sender's callback unless that is `silent`. */
  receive(
    sender: SimSender,
    from: string,
    body: string,
    options?: {
      silent?: boolean
      at?: Date
      media?: { type: string; content: Buffer; missing?: number }[]
    },
  ): Promise<{ message: SimMessage; status: number | undefined }>
  /** The message of a contact is told once more, or a status of one of ours, in whatever order. */
  tellAgain(message: SimMessage, status?: string): Promise<number | undefined>
  /** What Twilio sent to webhooks, and how that was answered. */
  readonly told: { url: string; params: Record<string, string>; status: number | undefined }[]
  /** Resolves when every status has been told. */
  settled(): Promise<void>
  stop(): Promise<void>
}

export async function startTwilio(): Promise<TwilioSimulator> {
  const accounts: SimAccount[] = []
  const senders: SimSender[] = []
  const messages: SimMessage[] = []
  const problems: string[] = []
  const faults: SendFault[] = []
  const answers: TwilioSimulator['answers'] = new Map()
  const templates: object[] = []
  const told: TwilioSimulator['told'] = []
  const telling = new Set<Promise<unknown>>()

  const server = createServer((request, response) => {
    handle(request, response).catch((error) => {
      problems.push(String(error))
      response.destroy()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const simulator: TwilioSimulator = {
    origin,
    messages,
    problems,
    faults,
    statuses: ['queued', 'sent', 'delivered'],
    answers,
    templates,
    told,
    account() {
      const account: SimAccount = {
        sid: sidOf('AC'),
        token: randomBytes(16).toString('hex'),
        keys: new Map(),
        status: 'active',
      }
      accounts.push(account)
      return account
    },
    sender(account, number) {
      const webhook = { callback_url: '', callback_method: 'POST', status_callback_url: null }
      const sender = { sid: sidOf('XE'), account, number, webhook }
      senders.push(sender)
      return sender
    },
    async receive(sender, from, body, { silent = false, at = new Date(), media = [] } = {}) {
      const message: SimMessage = {
        sid: sidOf(media.length > 0 ? 'MM' : 'SM'),
        account: sender.account,
        from,
        to: `whatsapp:${sender.number}`,
        body,
        direction: 'inbound',
        status: 'received',
        errorCode: null,
        sentAt: at,
        media: media.map((file) => ({ sid: sidOf('ME'), missing: 0, ...file })),
        statusCallback: null,
        contentSid: null,
        contentVariables: null,
      }
      messages.push(message)
      const url = sender.webhook.callback_url
      const status = silent || !url ? undefined : await tell(url, message.account, inbound(message))
      return { message, status }
    },
    tellAgain(message, status) {
      if (status !== undefined) return tellStatus(message, status)
      const sender = senders.find(({ number }) => message.to === `whatsapp:${number}`)
      return tell(sender!.webhook.callback_url!, message.account, inbound(message))
    },
    async settled() {
      while (telling.size > 0) await Promise.all(telling)
    },
    async stop() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return simulator

  async function tell(url: string, account: SimAccount, params: Record<string, string>) {
    const status = await postSigned(url, account.token, params)
    told.push({ url, params, status })
    return status
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const url = new URL(request.url ?? '/', origin)
    const [, host = '', ...rest] = url.pathname.split('/')
    const asked: TwilioRequest = {
      method: request.method ?? 'GET',
      path: `/${rest.join('/')}`,
      query: url.searchParams,
      contentType: request.headers['content-type'] ?? '',
      body: Buffer.concat(chunks).toString(),
    }
    if (host === 'mms.twiliocdn.com') return sendFromStore(request, response, asked)
    const account = accountOf(request.headers.authorization)
    const answer = [...answers].find(([part]) => asked.path.includes(part))?.[1]
    if (answer) return refuse(response, answer.status, answer.code, answer.message)
    if (!account) return refuse(response, 401, 20003, 'Authenticate')
    if (account.status !== 'active' && !asked.path.startsWith('/2010-04-01/Accounts/AC')) {
      return refuse(response, 403, 20003, 'Account suspended')
    }
    if (host === 'content.twilio.com') {
      return reply(response, 200, { contents: templates, meta: { key: 'contents' } })
    }
    const media = /\/Media\/(ME\w+)$/.exec(asked.path)
    if (media) return redirectToStore(response, account, media[1]!)
    const wrong = problemsOf(asked)
    if (wrong === undefined) return refuse(response, 404, 20404, `${asked.path} was not found`)
    if (wrong.length > 0) {
      problems.push(`${asked.method} ${asked.path}: ${wrong.join('; ')}`)
      return refuse(response, 400, 20001, wrong.join('; '))
    }
    if (host === 'messaging.twilio.com') return ofSenders(response, account, asked)
    return ofAccount(response, account, asked)
  }

  function accountOf(authorization = ''): SimAccount | undefined {
    const encoded = /^Basic (.+)$/.exec(authorization)?.[1] ?? ''
    const [user, secret] = Buffer.from(encoded, 'base64').toString().split(':')
    return accounts.find(
      ({ sid, token, keys }) =>
        (sid === user && token === secret) || (keys.has(user!) && keys.get(user!) === secret),
    )
  }

  function ofAccount(response: ServerResponse, account: SimAccount, asked: TwilioRequest) {
    const of = (pattern: string) =>
      new RegExp(`^/2010-04-01/Accounts/${account.sid}${pattern}$`).exec(asked.path)
    if (of('\\.json')) {
      const { sid, status, token } = account
      return reply(response, 200, { sid, status, auth_token: token, type: 'Full' })
    }
    if (account.status !== 'active') return refuse(response, 401, 20003, 'Authenticate')
    if (of('/Messages\\.json') && asked.method === 'POST') return create(response, account, asked)
    if (of('/Messages\\.json')) return list(response, account, asked)
    if (of('/IncomingPhoneNumbers\\.json')) {
      return reply(response, 200, { incoming_phone_numbers: [], page: 0, page_size: 50 })
    }
    const message = messages.find(({ sid }) => sid === of('/Messages/(\\w+)/Media\\.json')?.[1])
    if (message) {
      const media_list = message.media.map(({ sid, type }) => ({
        sid,
        content_type: type,
        uri: `/2010-04-01/Accounts/${account.sid}/Messages/${message.sid}/Media/${sid}.json`,
      }))
      return reply(response, 200, { media_list, page: 0, page_size: 50 })
    }
    return refuse(response, 404, 20404, `${asked.path} was not found`)
  }

  function create(response: ServerResponse, account: SimAccount, asked: TwilioRequest) {
    const form = new URLSearchParams(asked.body)
    const [to, from] = [form.get('To') ?? '', form.get('From') ?? '']
    const [fault] = faults.splice(0, 1)
    if (fault?.kind === 'lost_request') return void response.destroy()
    if (fault?.kind === 'status') return refuse(response, fault.status, fault.code, fault.message)
    if (!/^whatsapp:\+\d{7,15}$/.test(to)) {
      return refuse(response, 400, 21211, `The 'To' number ${to} is not a valid phone number.`)
    }
    const sender = senders.find(
      (one) => one.account === account && `whatsapp:${one.number}` === from,
    )
    if (!sender) return refuse(response, 400, 63007, 'No Channel with the specified From address')
    const body = form.get('Body') ?? ''
    if ([...body].length > 1600) return refuse(response, 400, 21617, 'The message body is too long')
    const mediaUrls = form.getAll('MediaUrl')
    if (body === '' && mediaUrls.length === 0 && !form.get('ContentSid')) {
      return refuse(response, 400, 21619, 'A text message body or media urls must be specified.')
    }
    const message: SimMessage = {
      sid: sidOf(mediaUrls.length > 0 ? 'MM' : 'SM'),
      account,
      from,
      to,
      body,
      direction: 'outbound-api',
      status: 'queued',
      errorCode: null,
      sentAt: new Date(),
      media: mediaUrls.map((address) => ({
        sid: sidOf('ME'),
        type: address,
        content: Buffer.alloc(0),
        missing: 0,
      })),
      statusCallback: form.get('StatusCallback'),
      contentSid: form.get('ContentSid'),
      contentVariables: form.get('ContentVariables'),
    }
    messages.push(message)
    const outside = !hasWritten(to, from) && message.contentSid === null
    const failing = fault?.kind === 'fails_later' ? fault.code : outside ? 63016 : undefined
    const work = report(message, failing)
    telling.add(work)
    void work.finally(() => telling.delete(work))
    if (fault?.kind === 'lost_reply') return void response.destroy()
    reply(response, 201, shown(message))
  }

  function hasWritten(contact: string, number: string): boolean {
    const since = Date.now() - 24 * 3_600_000
    return messages.some(
      (one) => one.from === contact && one.to === number && one.sentAt.getTime() > since,
    )
  }

  /** Asynchronous as Twilio's own: the reply to the POST may come before or after. */
  async function report(message: SimMessage, failing: number | undefined): Promise<void> {
    for (const status of failing ? ['queued', 'undelivered'] : simulator.statuses) {
      message.status = status
      if (status === 'undelivered') message.errorCode = failing!
      await tellStatus(message, status)
    }
  }

  async function tellStatus(message: SimMessage, status: string): Promise<number | undefined> {
    if (!message.statusCallback) return undefined
    return tell(message.statusCallback, message.account, statusOf(message, status))
  }

  function list(response: ServerResponse, account: SimAccount, asked: TwilioRequest) {
    const { query } = asked
    const after = query.get('DateSent>')
    const before = query.get('DateSent<')
    const found = messages
      .filter((one) => one.account === account)
      .filter((one) => !query.get('To') || one.to === query.get('To'))
      .filter((one) => !query.get('From') || one.from === query.get('From'))
      .filter((one) => !after || seconds(one.sentAt) >= Date.parse(after))
      .filter((one) => !before || seconds(one.sentAt) <= Date.parse(before))
      .sort(
        (a, b) =>
          b.sentAt.getTime() - a.sentAt.getTime() || messages.indexOf(b) - messages.indexOf(a),
      )
    // Smaller than what is asked for, so that whoever reads one page only is caught.
    const size = Math.min(Number(query.get('PageSize') ?? 50), 20)
    const page = Number(query.get('Page') ?? 0)
    const next = new URLSearchParams(query)
    next.set('Page', String(page + 1))
    reply(response, 200, {
      messages: found.slice(page * size, (page + 1) * size).map(shown),
      page,
      page_size: size,
      next_page_uri: found.length > (page + 1) * size ? `${asked.path}?${next}` : null,
    })
  }

  function ofSenders(response: ServerResponse, account: SimAccount, asked: TwilioRequest) {
    const own = senders.filter((one) => one.account === account)
    const sid = /^\/v2\/Channels\/Senders\/(\w+)$/.exec(asked.path)?.[1]
    if (sid === undefined) {
      // Pages of one, for the same reason.
      const page = Number(asked.query.get('Page') ?? 0)
      const next = `https://messaging.twilio.com${asked.path}?Channel=whatsapp&Page=${page + 1}`
      return reply(response, 200, {
        senders: own.slice(page, page + 1).map(shownSender),
        meta: { key: 'senders', page, page_size: 1, next_page_url: own[page + 1] ? next : null },
      })
    }
    const sender = own.find((one) => one.sid === sid)
    if (!sender) return refuse(response, 404, 20404, 'The sender was not found')
    if (asked.method === 'GET') return reply(response, 200, shownSender(sender))
    const { webhook } = JSON.parse(asked.body) as { webhook: SimSender['webhook'] }
    reply(response, 202, { ...shownSender(sender), status: 'ONLINE:UPDATING' })
    // Applied as a whole, a moment later.
    setTimeout(() => {
      sender.webhook = { status_callback_url: null, ...webhook }
    }, 50)
  }

  function redirectToStore(response: ServerResponse, { sid }: SimAccount, mediaSid: string) {
    const media = messages.flatMap((one) => one.media).find((one) => one.sid === mediaSid)
    if (!media || media.missing-- > 0) return refuse(response, 404, 20404, 'Not found')
    const location = `https://mms.twiliocdn.com/${sid}/${mediaSid}?Expires=1&Signature=x`
    response.writeHead(307, { location }).end()
  }

  function sendFromStore(request: IncomingMessage, response: ServerResponse, asked: TwilioRequest) {
    if (request.headers.authorization) {
      problems.push('the store was shown the credentials')
      return void response.writeHead(400).end()
    }
    const sid = asked.path.split('/').at(-1)
    const media = messages.flatMap((one) => one.media).find((one) => one.sid === sid)
    response.writeHead(200, { 'content-type': media!.type }).end(media!.content)
  }
}
