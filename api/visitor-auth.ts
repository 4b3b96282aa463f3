// Who a visitor of the widget is: the token of its session, which lives in the iframe's storage and
// travels in a header, never in an address or a cookie.
import { createHash, randomBytes } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import type { WidgetSettings } from '../channels/widget/index.ts'
import type { Visitor } from '../db/views/visitor.ts'
import { findWidgetSession, type WidgetSessionRow } from '../db/widget-sessions.ts'
import { negotiateLocale } from '../locales/texts.ts'
import { limitByAddress } from './address-limit.ts'
import type { App, Deps } from './context.ts'
import { apiError } from './errors.ts'

export interface VisitorCall {
  session: WidgetSessionRow
  settings: WidgetSettings
  inboxName: string
  /** For the reads of db/views/visitor.ts. */
  visitor: Visitor
  /** The account's option, and a back end vouches for this visitor. */
  several: boolean
}

declare module 'fastify' {
  interface FastifyRequest {
    visitorCall: VisitorCall | null
  }
}

export function hashSessionToken(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}

/** 256 random bits behind a prefix that secret scanners can look for. */
export function newSessionToken(): string {
  return `ccv_${randomBytes(32).toString('base64url')}`
}

/** Sessions that are over, or never were, of one address in a minute. */
const UNKNOWN = 120

/** Every route registered after this needs a session. */
export function registerVisitorAuth(app: App, { db }: Deps): void {
  const countUnknown = limitByAddress(app, UNKNOWN)
  app.decorateRequest('visitorCall', null)
  app.addHook('onRequest', async (request, reply) => {
    reply.header('cache-control', 'no-store')
    request.visitorCall = (await findVisitorCall(db, request)) ?? null
    if (request.visitorCall === null) {
      await countUnknown(request)
      throw apiError('session_unknown')
    }
    const { account_id, id } = request.visitorCall.session
    request.log = request.log.child({ account_id, session_id: id })
  })
}

/** The token of a visitor's request, known or not. */
export function sessionTokenOf({ headers }: FastifyRequest): string | undefined {
  return /^Bearer +(ccv_\S{1,100})$/.exec(headers.authorization ?? '')?.[1]
}

/** Undefined without a living session of an inbox that is not disconnected. */
export async function findVisitorCall(
  db: Deps['db'],
  request: FastifyRequest,
): Promise<VisitorCall | undefined> {
  const token = sessionTokenOf(request)
  const found = token && (await findWidgetSession(db, hashSessionToken(token)))
  if (!found || found.inbox.phase === 'disconnected') return undefined
  return visitorCallOf(found.session, found.inbox)
}

export function visitorCallOf(
  session: WidgetSessionRow,
  inbox: { settings: unknown; name: string },
): VisitorCall {
  const settings = inbox.settings as WidgetSettings
  return {
    session,
    settings,
    inboxName: inbox.name,
    visitor: { ...session, allChannels: settings.history_of_all_channels },
    several: settings.multiple_conversations && session.verified,
  }
}

export function visitorOf(request: FastifyRequest): VisitorCall {
  if (request.visitorCall === null) throw apiError('session_unknown')
  return request.visitorCall
}

/** The widget's own language, else what the browser asks for. */
export function visitorLocale(request: FastifyRequest, settings: Pick<WidgetSettings, 'locale'>) {
  return settings.locale ?? negotiateLocale(request.headers['accept-language'], 'pt-BR')
}
