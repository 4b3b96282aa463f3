// Meta's Graph API for Instagram and Messenger: pages, tokens, permissions, subscriptions, sending and
// the list of conversations. It refuses what the real one refuses, with the codes of the real one.
import { randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  conversations,
  pageFor,
  profile,
  send,
  subscribedApps,
  threadOwner,
} from './graph-messaging.ts'
import { accessToken, accounts, debugToken, permissions } from './graph-sign-in.ts'
import {
  APP,
  authorize,
  createGraphState,
  type GraphState,
  pageOfToken,
  Refusal,
  type Request,
  type SimulatedContact,
  type SimulatedPage,
} from './graph-state.ts'
import { answerWhatsApp, type SimulatedNumber } from './graph-whatsapp.ts'
import { loginDialog } from './login-dialog.ts'
import { answerPopup, SIGNUP_CONFIG } from './signup-popup.ts'

export { Refusal, type SimulatedPage } from './graph-state.ts'

const VERSION = 'v25.0'
const FILE = Buffer.from('the bytes of a picture')

export type GraphSimulator = Awaited<ReturnType<typeof startGraph>>

export async function startGraph() {
  const state = createGraphState()
  const server = createServer(async (incoming, reply) => {
    const url = new URL(incoming.url ?? '/', 'http://graph')
    if (answerPopup(state, url, reply)) return
    const chunks: Buffer[] = []
    for await (const chunk of incoming) chunks.push(chunk as Buffer)
    const request = {
      method: incoming.method ?? 'GET',
      path: url.pathname,
      query: url.searchParams,
      body: chunks.length > 0 ? JSON.parse(Buffer.concat(chunks).toString()) : undefined,
      headers: incoming.headers,
    }
    if (url.pathname === `/${VERSION}/dialog/oauth`) return loginDialog(state, url, reply)
    if (!url.pathname.endsWith('/debug_token')) state.requests.push(request)
    if (url.pathname.startsWith('/files/')) {
      const proved = request.headers.authorization?.startsWith('Bearer EAA-')
      return void reply.writeHead(proved ? 200 : 401).end(proved ? FILE : undefined)
    }
    const finish = (status: number, body: object) =>
      reply
        .writeHead(status, { 'content-type': 'application/json', ...state.usage })
        .end(JSON.stringify(body))
    try {
      const failure = url.pathname.endsWith('/debug_token') ? undefined : state.failures.shift()
      if (failure) throw failure
      for (const [end, refusal] of state.refuse) if (url.pathname.endsWith(end)) throw refusal
      const body = await answer(state, request)
      if (state.dropReply && url.pathname.endsWith('/messages')) {
        state.dropReply = false
        reply.destroy()
        return
      }
      finish(200, body)
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      finish(error.status, { error: error.error })
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo

  return Object.assign(state, {
    app: {
      ...APP,
      graphUrl: `http://127.0.0.1:${port}`,
      graphVersion: VERSION,
      dialogUrl: `http://127.0.0.1:${port}`,
      verifyToken: 'the-token-to-verify',
      loginConfigId: null,
      signupConfigId: SIGNUP_CONFIG,
    },
    fileBytes: FILE,
    policy: { allowHosts: ['127.0.0.1'] },
    addPage(given: Partial<SimulatedPage> & { id: string }): SimulatedPage {
      const page: SimulatedPage = {
        name: `Page ${given.id}`,
        token: `EAA-page-${given.id}`,
        tasks: ['MESSAGING', 'MODERATE', 'MANAGE'],
        instagram: { id: `17${given.id}`, username: `shop${given.id}` },
        contacts: new Map(),
        ...given,
      }
      state.pages.set(page.id, page)
      return page
    },
    addNumber(given: Partial<SimulatedNumber> & { id: string }): SimulatedNumber {
      const number: SimulatedNumber = {
        wabaId: `90${given.id}`,
        number: `+1555${given.id.padStart(7, '0')}`,
        token: `EAA-number-token-${given.id}`,
        onPhone: false,
        served: true,
        subscribed: false,
        shared: new Set(),
        tooLate: false,
        sent: [],
        ...given,
      }
      state.numbers.set(number.id, number)
      return number
    },
    /** Somebody wrote to the page. */
    write(
      page: SimulatedPage,
      contact: string,
      text: string,
      more: Partial<SimulatedContact> = {},
    ) {
      const at = state.now()
      const known = page.contacts.get(contact) ?? {
        platform: 'instagram',
        wroteAt: at,
        messages: [],
      }
      const message = { id: `m_${randomUUID()}`, from: contact, text, at }
      page.contacts.set(contact, {
        ...known,
        wroteAt: at,
        ...more,
        messages: [...known.messages, message],
      })
      return message
    },
    /** What a browser does with the dialog's address: the address it is sent back to. */
    async visit(address: string, answer: 'continue' | 'cancel' = 'continue'): Promise<URL> {
      const reply = await fetch(`${address}&answer=${answer}`, { redirect: 'manual' })
      const location = reply.headers.get('location')
      if (location === null) throw new Error(`The dialog said ${await reply.text()}`)
      return new URL(location)
    },
    stop: () => {
      server.closeAllConnections()
      server.close()
    },
  })
}

async function answer(state: GraphState, request: Request): Promise<object> {
  const [version, first = '', second = '', ...rest] = request.path.split('/').slice(1)
  if (version !== VERSION) throw new Refusal(400, 2635, 'You are calling a deprecated version')
  const path = [first, second, ...rest].filter(Boolean).join('/')
  if (path === 'oauth/access_token') return accessToken(state, request)
  if (path === 'debug_token') return debugToken(state, request)
  if (path === 'me/accounts') return accounts(state, request)
  if (path === 'me/permissions') return permissions(state, request)
  const ofNumber = answerWhatsApp(state, request, [first, second, ...rest])
  if (ofNumber) return ofNumber
  const page =
    second === '' ? pageOfToken(state, authorize(state, request)) : pageFor(state, request, first)
  if (page && second === '') return profile(page, first)
  if (page && second === 'subscribed_apps') return subscribedApps(request, page)
  if (page && second === 'messages' && request.method === 'POST') return send(state, request, page)
  if (page && second === 'thread_owner') return threadOwner(request, page)
  if (page && second === 'conversations') return conversations(request, page)
  throw new Refusal(400, 2500, `Unknown path components: /${path}`)
}
