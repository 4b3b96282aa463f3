// Requests of providers as they came: no parser may touch what a signature was made over.
import type { FastifyRequest } from 'fastify'
import type { WebhookRequest } from '../channels/webhook.ts'
import type { App, Deps } from './context.ts'

/** Bytes: providers batch up to about 3 MB (Meta), most bodies are below 2 KB. */
export const WEBHOOK_LIMIT = 4_000_000

/** For a scope of its own: every body stays a Buffer. */
export function keepRawBodies(scope: App): void {
  scope.removeAllContentTypeParsers()
  scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
}

export function rawRequest({ config }: Deps, request: FastifyRequest): WebhookRequest {
  const path = request.raw.url ?? '/'
  const queryAt = path.indexOf('?')
  return {
    method: request.method,
    // What the provider was told, whatever proxies and the Host header made of it.
    url: `${config.publicUrl}${path}`,
    headers: request.headers,
    contentType: request.headers['content-type'] ?? '',
    query: queryAt === -1 ? '' : path.slice(queryAt + 1),
    body: Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0),
  }
}
