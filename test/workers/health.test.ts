// What a worker answers to those who watch over it.
import { afterEach, expect, test } from 'vitest'
import { type HealthServer, serveHealth } from '../../workers/health.ts'
import type { QueueStatus } from '../../workers/worker.ts'

let server: HealthServer | undefined
afterEach(() => server?.close())

const watch: QueueStatus = { queue: 'watch', running: true, activities: { running: 3, slots: 50 } }
const workflows: QueueStatus = { queue: 'workflows', running: true, activities: null }

async function ask(
  path: string,
  given: { queues?: QueueStatus[]; database?: () => Promise<void> },
) {
  server = await serveHealth({
    host: '127.0.0.1',
    port: 0,
    queues: () => given.queues ?? [watch, workflows],
    database: given.database ?? (async () => {}),
  })
  const response = await fetch(`http://127.0.0.1:${server.port}${path}`)
  return { status: response.status, text: await response.text() }
}

test('a worker is ready while every queue is polled and the database answers', async () => {
  expect((await ask('/health/ready', {})).status).toBe(200)
})

test('a queue that is not polled is named', async () => {
  const answer = await ask('/health/ready', { queues: [watch, { ...workflows, running: false }] })
  expect(answer).toMatchObject({ status: 503, text: expect.stringContaining('queue workflows') })
})

test('without its database a worker lives but is not ready', async () => {
  const database = () => Promise.reject(new Error('planted: postgres://user:secret@host'))
  const answer = await ask('/health/ready', { database })
  expect(answer.status).toBe(503)
  expect(answer.text).not.toContain('planted')
  expect((await fetch(`http://127.0.0.1:${server!.port}/health/live`)).status).toBe(200)
})

test('a worker that leaves is no longer ready', async () => {
  await ask('/health/live', {})
  server!.leave()
  expect((await fetch(`http://127.0.0.1:${server!.port}/health/ready`)).status).toBe(503)
})

test('its metrics tell how many mailboxes it watches and may watch', async () => {
  const { text } = await ask('/metrics', {})
  expect(text).toContain('cloudchat_worker_activities{queue="watch"} 3')
  expect(text).toContain('cloudchat_worker_activity_slots{queue="watch"} 50')
  expect(text).toContain('cloudchat_worker_polling{queue="workflows"} 1')
  expect(text).not.toContain('cloudchat_worker_activities{queue="workflows"}')
})
