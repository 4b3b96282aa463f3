// What the simulated Graph knows, and what it checks of every request before anything else.
import { createHmac } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import type { SimulatedNumber } from './graph-whatsapp.ts'

export const APP = { appId: '123456789', appSecret: 'the-secret-of-the-app' }

export interface SimulatedPage {
  id: string
  name: string
  token: string
  tasks: string[]
  instagram?: { id: string; username: string } | undefined
  /** The person left it out in the dialog. */
  left?: boolean
  /** Permissions for which alone it was left out. */
  notFor?: string[]
  /** Fields the app is subscribed to; undefined: the app is not installed. */
  subscribed?: string[] | undefined
  /** By the contact's id: when they last wrote, and what was said. */
  contacts: Map<string, SimulatedContact>
}

export interface SimulatedContact {
  platform: 'instagram' | 'messenger'
  wroteAt: number
  name?: string
  /** The app that owns the thread; nobody's when absent. */
  owner?: string
  messages: SimulatedMessage[]
}

export interface SimulatedMessage {
  id: string
  from: string
  text: string
  at: number
  /** Addresses of files. */
  files?: string[]
  /** It tells followers of us; Meta lists it among the messages. */
  mention?: boolean
}

export interface Request {
  method: string
  path: string
  query: URLSearchParams
  // biome-ignore lint/suspicious/noExplicitAny: whatever a caller sends
  body: any
  headers: IncomingHttpHeaders
}

/** What Graph answers with instead of what was asked. */
export class Refusal extends Error {
  readonly status: number
  readonly error: object

  constructor(status: number, code: number, message: string, subcode?: number, more: object = {}) {
    super(message)
    this.status = status
    const numbers = { code, ...(subcode === undefined ? {} : { error_subcode: subcode }) }
    this.error = { message, type: 'OAuthException', ...numbers, fbtrace_id: 'A1', ...more }
  }
}

export type GraphState = ReturnType<typeof createGraphState>

export function createGraphState() {
  return {
    pages: new Map<string, SimulatedPage>(),
    numbers: new Map<string, SimulatedNumber>(),
    /** Files that came in, by their id. */
    media: new Map<string, { url: string; contentType: string }>(),
    /** What each code of the login dialog brings; a code is good for once. */
    codes: new Map<string, { redirectUri: string | undefined; token: string }>(),
    /** Where the dialog may send people back to. */
    redirectUris: [] as string[],
    /** Subcodes of tokens that have died. */
    deaths: new Map<string, number>(),
    user: {
      id: 'asid-1',
      token: 'EAA-user-token',
      granted: [...PERMISSIONS],
      declined: [] as string[],
    },
    /** Every request but the questions of debug_token, newest last. */
    requests: [] as Request[],
    /** What Meta's own document says against messages that were sent. */
    problems: [] as object[],
    /** Answers the next requests before anybody looks at them. */
    failures: [] as Refusal[],
    /** Answers every request whose path ends so. */
    refuse: new Map<string, Refusal>(),
    usage: {} as Record<string, string>,
    /** The next send is taken, and its reply never leaves. */
    dropReply: false,
    /** Runs when a message was taken, before the reply. */
    onSent: undefined as ((page: SimulatedPage, mid: string) => Promise<void>) | undefined,
    now: () => Date.now(),
  }
}

export const PERMISSIONS =
  `pages_show_list pages_manage_metadata pages_messaging pages_read_engagement
  business_management instagram_basic instagram_manage_messages`.split(/\s+/)

export const pageOfToken = ({ pages }: GraphState, token: string) =>
  [...pages.values()].find((page) => page.token === token)

/** The token, once it is proved to be used by the app and alive. */
export function authorize(state: GraphState, { headers, query }: Request): string {
  const token = /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1] ?? query.get('access_token')
  if (!token) throw new Refusal(400, 2500, 'An active access token must be used')
  const proof = query.get('appsecret_proof')
  const right = createHmac('sha256', APP.appSecret).update(token).digest('hex')
  if (proof !== right)
    throw new Refusal(400, 100, 'Invalid appsecret_proof provided in the API argument')
  const subcode = state.deaths.get(token)
  if (subcode !== undefined) {
    throw new Refusal(401, 190, 'Error validating access token: it is dead.', subcode)
  }
  const ofNumber = [...state.numbers.values()].some((number) => number.token === token)
  if (token !== state.user.token && !pageOfToken(state, token) && !ofNumber) {
    throw new Refusal(401, 190, 'Invalid OAuth access token - Cannot parse access token')
  }
  return token
}
