// Prometheus metrics of this process and, read at each scrape, of the platform.
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import { readPlatformNumbers } from '../db/views/metrics.ts'
import type { App, Deps } from './context.ts'
import type { CountDelivery } from './ingress.ts'

/** Registers the request hooks and answers with the reader behind /metrics. */
export function registerMetrics(
  app: App,
  deps: Deps,
): { read(): Promise<string>; countDelivery: CountDelivery } {
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry })
  const gauge = (name: string, help: string, labelNames: string[] = []) =>
    new Gauge({ name, help, labelNames, registers })
  const requests = new Counter({
    name: 'cloudchat_http_requests_total',
    help: 'Requests by route and status',
    labelNames: ['method', 'route', 'status'],
    registers,
  })
  const duration = new Histogram({
    name: 'cloudchat_http_request_seconds',
    help: 'Time to answer',
    labelNames: ['method', 'route'],
    buckets: [0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
    registers,
  })
  const deliveries = new Counter({
    name: 'cloudchat_deliveries_total',
    help: 'What providers pushed, by what became of it',
    labelNames: ['channel', 'outcome'],
    registers,
  })
  const outboxAge = gauge('cloudchat_outbox_age_seconds', 'Age of the oldest waiting outbox row')
  const outboxWaiting = gauge('cloudchat_outbox_waiting', 'Outbox rows that wait')
  const syncAge = gauge('cloudchat_sync_age_seconds', 'Longest time since a good sync')
  const incidents = gauge('cloudchat_open_incidents', 'Open incidents', ['direction', 'status'])
  const inboxes = gauge('cloudchat_inboxes', 'Inboxes by phase', ['phase'])

  app.addHook('onResponse', async (request, reply) => {
    // The pattern, never the address: ids and queries would make a series each.
    const route = request.routeOptions.url ?? 'none'
    const { method } = request
    requests.inc({ method, route, status: reply.statusCode })
    duration.observe({ method, route }, reply.elapsedTime / 1000)
  })

  return {
    countDelivery: (channel, outcome) => deliveries.inc({ channel, outcome }),
    async read() {
      const numbers = await readPlatformNumbers(deps.db)
      outboxAge.set(numbers.outboxAgeSeconds)
      outboxWaiting.set(numbers.outboxWaiting)
      syncAge.set(numbers.syncAgeSeconds)
      incidents.reset()
      for (const { direction, status, count } of numbers.openIncidents) {
        incidents.set({ direction, status }, Number(count))
      }
      inboxes.reset()
      for (const { phase, count } of numbers.inboxes) inboxes.set({ phase }, Number(count))
      return registry.metrics()
    },
  }
}
