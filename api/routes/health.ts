// For load balancers and Prometheus. Readiness asks Postgres only: without Temporal we still accept.
import { pingDatabase } from '../../db/views/metrics.ts'
import type { App, Deps } from '../context.ts'
import { apiError } from '../errors.ts'
import { replies, Type } from '../schemas.ts'

export interface Readiness {
  /** Set when the process is about to end. */
  stopping: boolean
}

export function healthRoutes(
  app: App,
  { db }: Deps,
  { readiness, metrics }: { readiness: Readiness; metrics: { read(): Promise<string> } },
): void {
  const Ok = Type.Object({ status: Type.String() })
  const open = { tags: ['health'], security: [] }

  app.get(
    '/health/live',
    { schema: { ...open, summary: 'The process answers', response: replies(200, Ok) } },
    async () => ({ status: 'ok' }),
  )

  app.get(
    '/health/ready',
    { schema: { ...open, summary: 'Requests are welcome', response: replies(200, Ok) } },
    async () => {
      if (readiness.stopping) throw apiError('database_unavailable', undefined, 5)
      try {
        await pingDatabase(db)
      } catch {
        throw apiError('database_unavailable', undefined, 5)
      }
      return { status: 'ok' }
    },
  )

  app.get('/metrics', { schema: { ...open, summary: 'Prometheus metrics' } }, async (_, reply) =>
    reply.type('text/plain; version=0.0.4').send(await metrics.read()),
  )
}
