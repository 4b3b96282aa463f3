// The console as files: what `npm run build` made of console/, each page with a nonce of its own.
import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fastifyStatic from '@fastify/static'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Config } from '../../config.ts'
import type { App } from '../context.ts'
import { apiError } from '../errors.ts'

const DIST = join(import.meta.dirname, '../../console/dist')

/** Where Meta's popup is opened: its SDK runs on these pages and on no other. */
const POPUP_PAGE = /^\/console\/inboxes\/(?:new|\d+)\/whatsapp$/

/** Every address below /console that is no file is a page of the console: it has its own router. */
export async function consoleRoutes(app: App, { meta }: Config): Promise<void> {
  const hidden = { schema: { hide: true } }
  const index = join(DIST, 'index.html')
  const page = existsSync(index) ? readFileSync(index, 'utf8') : undefined
  if (page !== undefined) {
    await app.register(fastifyStatic, {
      root: join(DIST, 'assets'),
      prefix: '/console/assets/',
      preCompressed: true,
      // Their names change with their content.
      immutable: true,
      maxAge: '365d',
    })
  }
  app.get('/console', hidden, async (request, reply) => show(request, reply))
  app.get('/console/*', hidden, async (request, reply) => show(request, reply))

  function show({ url }: FastifyRequest, reply: FastifyReply) {
    if (page === undefined) throw apiError('console_not_built')
    const nonce = randomBytes(16).toString('base64')
    const [path = ''] = url.split('?')
    const popup = meta?.signupConfigId && POPUP_PAGE.test(path) ? originsOf(meta) : undefined
    return reply
      .type('text/html; charset=utf-8')
      .headers({
        'cache-control': 'no-store',
        'content-security-policy': policyOf(nonce, popup),
        // A popup that is cut off from its opener could tell it nothing.
        'cross-origin-opener-policy': popup ? 'same-origin-allow-popups' : 'same-origin',
        'referrer-policy': 'no-referrer',
      })
      .send(page.replaceAll('NONCE', nonce))
  }
}

interface PopupOrigins {
  /** Of the SDK. */
  script: string
  /** Which it asks, and shows in hidden frames. */
  asked: string
}

function originsOf({ sdkUrl, dialogUrl }: NonNullable<Config['meta']>): PopupOrigins {
  const dialog = new URL(dialogUrl).origin
  return { script: new URL(sdkUrl).origin, asked: `${dialog} https://*.facebook.com` }
}

function policyOf(nonce: string, popup?: PopupOrigins): string {
  const asked = popup ? ` ${popup.asked}` : ''
  return [
    "default-src 'none'",
    `script-src 'self' 'nonce-${nonce}'${popup ? ` ${popup.script}` : ''}`,
    `style-src 'self' 'nonce-${nonce}'`,
    `img-src 'self' data: blob:${asked}`,
    "font-src 'self'",
    `connect-src 'self'${asked}`,
    `frame-src 'self'${asked}`,
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ')
}
