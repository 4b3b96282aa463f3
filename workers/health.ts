// What Compose, Kubernetes and Prometheus may ask a worker: whether it lives, works, has room.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client'
import type { QueueStatus } from './worker.ts'

export interface HealthOptions {
  host: string
  /** 0 takes any free one. */
  port: number
  queues(): QueueStatus[]
  /** @throws when Postgres does not answer */
  database(): Promise<void>
}

export interface HealthServer {
  readonly port: number
  /** From now on it is not ready: the process is about to end. */
  leave(): void
  close(): Promise<void>
}

/**
 * `/health/live` is 200 while the process answers; `/health/ready` is 200 while every queue is
 * polled and Postgres answers, else 503 with what is wrong; `/metrics` is for Prometheus.
 */
export async function serveHealth(options: HealthOptions): Promise<HealthServer> {
  let leaving = false
  const metrics = metricsOf(options.queues)

  async function problem(): Promise<string | undefined> {
    if (leaving) return 'stopping'
    const idle = options.queues().find(({ running }) => !running)
    if (idle) return `queue ${idle.queue} is not polled`
    return options.database().then(
      () => undefined,
      () => 'the database does not answer',
    )
  }

  const server = createServer(async (request, response) => {
    const answer = (status: number, body: unknown) =>
      response
        .writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' })
        .end(JSON.stringify(body))
    if (request.url === '/health/live') return answer(200, { status: 'ok' })
    if (request.url === '/health/ready') {
      const wrong = await problem()
      return wrong ? answer(503, { status: wrong }) : answer(200, { status: 'ok' })
    }
    if (request.url === '/metrics') {
      response.writeHead(200, { 'content-type': metrics.contentType })
      return response.end(await metrics.metrics())
    }
    answer(404, { status: 'not found' })
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port, options.host, resolve)
  })
  return {
    port: (server.address() as AddressInfo).port,
    leave() {
      leaving = true
    },
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function metricsOf(queues: () => QueueStatus[]): Registry {
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry })
  const gauge = (name: string, help: string, read: (status: QueueStatus) => number | undefined) =>
    new Gauge({
      name,
      help,
      labelNames: ['queue'],
      registers,
      collect() {
        for (const status of queues()) {
          const value = read(status)
          if (value !== undefined) this.set({ queue: status.queue }, value)
        }
      },
    })
  gauge('cloudchat_worker_polling', '1 while the queue is polled', ({ running }) => Number(running))
  gauge(
    'cloudchat_worker_activities',
    'Activities that run now',
    ({ activities }) => activities?.running,
  )
  gauge(
    'cloudchat_worker_activity_slots',
    'Activities that may run at a time; on `watch` one is a mailbox',
    ({ activities }) => activities?.slots,
  )
  return registry
}
