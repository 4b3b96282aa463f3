// The console as files: what `npm run build` made of console/, each page with a nonce of its own.
import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fastifyStatic from '@fastify/static'
import type { FastifyReply } from 'fastify'
import type { App } from '../context.ts'
import { apiError } from '../errors.ts'

const DIST = join(import.meta.dirname, '../../console/dist')

/** Every address below /console that is no file is a page of the console: it has its own router. */
export async function consoleRoutes(app: App): Promise<void> {
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
  app.get('/console', hidden, async (_, reply) => show(reply))
  app.get('/console/*', hidden, async (_, reply) => show(reply))

  function show(reply: FastifyReply) {
    if (page === undefined) throw apiError('console_not_built')
    const nonce = randomBytes(16).toString('base64')
    return reply
      .type('text/html; charset=utf-8')
      .headers({
        'cache-control': 'no-store',
        'content-security-policy': policyOf(nonce),
        'cross-origin-opener-policy': 'same-origin',
        'referrer-policy': 'no-referrer',
      })
      .send(page.replaceAll('NONCE', nonce))
  }
}

function policyOf(nonce: string): string {
  return [
    "default-src 'none'",
    `script-src 'self' 'nonce-${nonce}'`,
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data: blob:",
    "font-src 'self'",
    "connect-src 'self'",
    "frame-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ')
}
