// What operators look for: amber after lasting trouble, stalled when a sync hangs, and neither for
// what is idle. Through a proxy that can stall and refuse.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { requestImport } from '../../db/changes-by-people.ts'
import { startProxy, type TcpProxy } from '../../scripts/servers/tcp-proxy.ts'
import { WORKFLOWS, workflowIds } from '../../temporal/contracts.ts'
import { type Mailbox, startMailbox } from '../support/mail-server.ts'
import { waitFor } from '../support/wait-for.ts'
import { type Platform, startPlatform } from './platform.ts'

let platform: Platform
let mailbox: Mailbox
let proxy: TcpProxy
let ref: { accountId: number; inboxId: number }

beforeAll(async () => {
  ;[platform, mailbox] = await Promise.all([startPlatform(), startMailbox()])
  proxy = await startProxy({ target: { port: mailbox.imap.port } })
  ref = await platform.connect({ ...mailbox, imap: { ...mailbox.imap, port: proxy.port } })
  await waitFor(async () => (await platform.row(ref)).phase === 'active', { what: 'active' })
})
afterAll(async () => {
  await platform?.stop()
  await proxy?.stop()
  await mailbox?.stop()
})

const attributes = async () => {
  const handle = platform.client.workflow.getHandle(workflowIds.inbox(ref.inboxId))
  return (await handle.describe()).searchAttributes as Record<string, unknown[] | undefined>
}
const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000)
const change = (set: Record<string, unknown>) =>
  platform.db.updateTable('inboxes').set(set).where('id', '=', ref.inboxId).execute()
const watchdog = () =>
  platform.client.workflow.start(WORKFLOWS.watchdog, {
    workflowId: 'watchdog',
    taskQueue: 'workflows',
    args: [300],
    workflowIdConflictPolicy: 'TERMINATE_EXISTING',
  })

test('an idle inbox asks for nobody', async () => {
  await watchdog()
  await new Promise((resolve) => setTimeout(resolve, 1_000))
  const { AttentionReason, InboxState } = await attributes()
  expect(InboxState).toEqual(['active'])
  expect(AttentionReason).toBeUndefined()
})

test('a sync that hangs without failing is found by its row and shown as stalled', async () => {
  proxy.stall(true)
  await change({ last_checked_at: minutesAgo(20), next_try_at: minutesAgo(15) })
  await waitFor(async () => (await attributes()).AttentionReason?.[0] === 'stalled', {
    what: 'stalled',
  })
  const since = (await attributes()).AttentionSince?.[0] as Date
  expect(since.getTime()).toBeLessThan(minutesAgo(19).getTime())
  proxy.stall(false)
  proxy.cut()
  await waitFor(async () => (await attributes()).AttentionReason === undefined, {
    what: 'the end of it',
  })
})

test('an import whose request was stored, but never told, is begun all the same', async () => {
  const { db, accountId, administratorId } = platform
  // The process that stored it died before it could tell the workflow.
  const asked = await requestImport(db, accountId, ref.inboxId, { kind: 'all' }, administratorId)
  const status = () =>
    db.selectFrom('imports').select('status').where('id', '=', asked!.id).executeTakeFirst()
  await waitFor(async () => (await status())?.status === 'completed', { what: 'the second import' })
})

test('a server that is away is retried, amber once it lasts, and never red', async () => {
  proxy.refuse(true)
  proxy.cut()
  await waitFor(async () => (await platform.row(ref)).receive_status === 'retrying', {
    what: 'retrying',
  })
  expect((await attributes()).AttentionReason).toBeUndefined()
  // As if it had begun three minutes ago.
  await change({ receive_since: minutesAgo(3) })
  await waitFor(async () => (await attributes()).AttentionReason !== undefined, { what: 'amber' })
  expect((await platform.row(ref)).next_try_at!.getTime()).toBeGreaterThan(Date.now() - 1_000)
  expect((await attributes()).InboxState).toEqual(['active'])
  proxy.refuse(false)
  await platform.temporal.updateInbox(ref, 'syncNow', {})
  await waitFor(async () => (await attributes()).AttentionReason === undefined, { what: 'green' })
  expect((await platform.row(ref)).receive_status).toBe('ok')
})
