// The Temporal UI and its command line ask here for what the payload codec encrypted. Only an operator
// gets an answer: by the password itself, or by a cookie that the password gives one browser.
import { createHash, timingSafeEqual } from 'node:crypto'
import type { Payload } from '@temporalio/common'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { negotiateLocale, texts } from '../../locales/texts.ts'
import { isSignatureOf, signatureOf } from '../../storage/signatures.ts'
import { createPayloadCodec } from '../../temporal/payload-codec.ts'
import { limitByAddress } from '../address-limit.ts'
import type { App, Deps } from '../context.ts'
import { cookieOf, sendCookie } from '../cookies.ts'
import { apiError } from '../errors.ts'
import { Type } from '../schemas.ts'
import { isOwnPage } from '../session-cookie.ts'
import { sendPage } from '../sign-in-page.ts'

const PATH = '/temporal-codec'
const COOKIE = 'payloads'
const SESSION_MS = 12 * 3_600_000
/** Passwords that one address may try in a minute. */
const GUESSES = 10

/** Payloads as protobuf writes them in JSON: bytes are base64. */
const WirePayload = Type.Object({
  metadata: Type.Optional(Type.Record(Type.String(), Type.String())),
  data: Type.Optional(Type.String()),
})
const Payloads = Type.Object({
  // Left out when there are none.
  payloads: Type.Array(WirePayload, { maxItems: 10_000, default: [] }),
})

/** Nothing is there unless the installation has both keys for payloads and a password for operators. */
export async function payloadCodecRoutes(app: App, deps: Deps): Promise<void> {
  const { config, clock } = deps
  const { payloadKeys, codecPassword } = config
  if (payloadKeys.length === 0 || codecPassword === null) return
  const codec = createPayloadCodec(payloadKeys)
  const uiOrigin = new URL(config.temporalUiUrl).origin

  await app.register(async (scope) => {
    const operators = scope as unknown as App
    const countGuess = limitByAddress(operators, GUESSES)
    const form = 'application/x-www-form-urlencoded'
    operators.addContentTypeParser(form, { parseAs: 'string' }, (_, body, done) =>
      done(null, Object.fromEntries(new URLSearchParams(String(body)))),
    )

    operators.get(PATH, { schema: { hide: true } }, async (request, reply) => {
      const say = phrasesFor(request)
      const lines = [say.codec_what]
      const field = { action: PATH, label: say.codec_password, button: say.codec_button }
      return sendPage(reply, 200, localeOf(request), { title: say.codec_title, lines, form: field })
    })

    operators.post(
      PATH,
      { schema: { hide: true, body: Type.Object({ password: Type.String({ maxLength: 1000 }) }) } },
      async (request, reply) => {
        if (!isOwnPage(request)) throw apiError('not_our_page')
        const say = phrasesFor(request)
        const page = { title: say.codec_title }
        if (!isPassword(request.body.password)) {
          await countGuess(request)
          return sendPage(reply, 401, localeOf(request), { ...page, lines: [say.codec_refused] })
        }
        const expires = new Date(clock().getTime() + SESSION_MS)
        const value = `${expires.getTime()}.${signatureOf(config, 'payloads', sessionText(expires.getTime()))}`
        sendCookie(config, reply, { name: COOKIE, value, expires }, 'None')
        return sendPage(reply, 200, localeOf(request), { ...page, lines: [say.codec_open] })
      },
    )

    operators.options(`${PATH}/:verb`, { schema: { hide: true } }, async (request, reply) => {
      allowUi(request, reply)
      return reply.code(204).send(null)
    })

    for (const verb of ['encode', 'decode'] as const) {
      operators.post(
        `${PATH}/${verb}`,
        { bodyLimit: 16_000_000, schema: { hide: true, body: Payloads } },
        async (request, reply) => {
          allowUi(request, reply)
          await admit(request)
          const payloads = await codec[verb](request.body.payloads.map(fromWire)).catch(() => {
            throw apiError('invalid_request')
          })
          return reply.header('cache-control', 'no-store').send({ payloads: payloads.map(toWire) })
        },
      )
    }

    /** A browser sends the cookie whoever asks, so then only the UI's own origin counts. */
    async function admit(request: FastifyRequest): Promise<void> {
      const bearer = /^Bearer +(.+)$/i.exec(request.headers.authorization ?? '')?.[1]
      if (bearer !== undefined && isPassword(bearer)) return
      if (bearer === undefined && request.headers.origin === uiOrigin && hasSession(request)) return
      await countGuess(request)
      throw apiError('unauthenticated')
    }
  })

  function allowUi({ headers }: FastifyRequest, reply: FastifyReply): void {
    reply.header('vary', 'Origin')
    if (headers.origin !== uiOrigin) return
    reply.headers({
      'access-control-allow-origin': uiOrigin,
      'access-control-allow-credentials': 'true',
      'access-control-allow-methods': 'POST',
      'access-control-allow-headers': 'content-type, x-namespace',
    })
  }

  function hasSession(request: FastifyRequest): boolean {
    const [expires = '', signature = ''] = (cookieOf(config, request, COOKIE) ?? '').split('.')
    const isOurs = isSignatureOf(config, 'payloads', sessionText(Number(expires)), signature)
    return isOurs && Number(expires) > clock().getTime()
  }

  /** With another password every session is over. */
  function sessionText(expires: number): string {
    return `${expires}/${codecPassword}`
  }

  function isPassword(given: string): boolean {
    return timingSafeEqual(digest(given), digest(codecPassword!))
  }
}

const digest = (text: string) => createHash('sha256').update(text).digest()
const localeOf = ({ headers }: FastifyRequest) => negotiateLocale(headers['accept-language'], 'en')
const phrasesFor = (request: FastifyRequest) => texts[localeOf(request)].phrases

type Wire = { metadata?: Record<string, string>; data?: string }

function fromWire({ metadata = {}, data }: Wire): Payload {
  const entries = Object.entries(metadata).map(([key, value]) => [key, bytesOf(value)])
  return { metadata: Object.fromEntries(entries), ...(data ? { data: bytesOf(data) } : {}) }
}

function toWire({ metadata, data }: Payload): Wire {
  const entries = Object.entries(metadata ?? {}).map(([key, value]) => [key, base64Of(value)])
  return { metadata: Object.fromEntries(entries), ...(data ? { data: base64Of(data) } : {}) }
}

const bytesOf = (text: string) => Buffer.from(text, 'base64')
const base64Of = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64')
