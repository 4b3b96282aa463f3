// A mailbox is watched by a single activity that may be in its thousandth attempt: whoever takes it
// over must not wait for what a retry policy makes of that number.
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Child } from '../../scripts/servers/child-process.ts'
import { workflowIds } from '../../temporal/contracts.ts'
import { type Mailbox, startMailbox } from '../support/mail-server.ts'
import { waitFor } from '../support/wait-for.ts'
import { type InboxRef, startWorld, type World } from './world.ts'

/** The default policy would wait 100 s after so many: longer than a test waits for anything. */
const ATTEMPTS = 20

let world: World
let mailbox: Mailbox
let ref: InboxRef
let holder: Child

beforeAll(async () => {
  ;[world, mailbox] = await Promise.all([startWorld(), startMailbox()])
  const restless = await world.startWorker({ RECYCLE_SECONDS: '0.1', IDLE_CHECK_SECONDS: '0.1' })
  ref = await world.connect(mailbox)
  await waitFor(async () => ((await watch())?.attempt ?? 0) > ATTEMPTS, { what: 'idle attempts' })
  holder = await world.startWorker()
  await waitFor(() => heldBy(holder), { what: 'a worker that stays' })
  await restless.stop('SIGKILL')
})
afterAll(async () => {
  await world?.stop()
  await mailbox?.stop()
})

/** The watching activity as Temporal sees it. */
async function watch() {
  const handle = world.client.workflow.getHandle(workflowIds.sync(ref.inboxId))
  const { raw } = await handle.describe()
  const activity = raw.pendingActivities?.[0]
  if (!activity) return undefined
  return { attempt: activity.attempt ?? 0, worker: activity.lastWorkerIdentity ?? '' }
}

async function heldBy(worker: Child): Promise<boolean> {
  return (await watch())?.worker.startsWith(`${worker.pid}@`) ?? false
}

async function receives(subject: string): Promise<void> {
  const from = `From: Ana <ana@live.test>\r\nSubject: ${subject}\r\nMessage-ID: <${subject}@live.test>`
  mailbox.deliver(`${from}\r\nDate: ${new Date().toUTCString()}\r\n\r\nText of ${subject}.`)
  await waitFor(
    async () => {
      const rows = await world.db
        .selectFrom('messages')
        .select('content')
        .where('inbox_id', '=', ref.inboxId)
        .execute()
      return rows.some(({ content }) => content.includes(`Text of ${subject}.`))
    },
    { what: `the mail "${subject}"` },
  )
}

test('a worker that is asked to stop gives its mailbox to another at once', async () => {
  const next = await world.startWorker()
  await holder.stop('SIGTERM')
  expect(holder.ended).toContain('exit code 0')
  await receives('after-the-stop')
  expect(await heldBy(next)).toBe(true)
  expect((await watch())!.attempt).toBeGreaterThan(ATTEMPTS)
  holder = next
})

test('a mailbox whose worker was killed is watched by another once its heartbeat is missed', async () => {
  const next = await world.startWorker()
  await holder.stop('SIGKILL')
  await receives('after-the-kill')
  expect(await heldBy(next)).toBe(true)
  expect((await watch())!.attempt).toBeGreaterThan(ATTEMPTS)
})
