// A server that allows few connections: its mailboxes are polled, so that they share what there is.
import { ImapFlow } from 'imapflow'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startProxy, type TcpProxy } from '../../scripts/servers/tcp-proxy.ts'
import { workflowIds } from '../../temporal/contracts.ts'
import { type Mailbox, startMailbox } from '../support/mail-server.ts'
import { waitFor } from '../support/wait-for.ts'
import { type Platform, startPlatform } from './platform.ts'

const CONNECTIONS = 6

let platform: Platform
let mailbox: Mailbox
let proxy: TcpProxy

beforeAll(async () => {
  ;[platform, mailbox] = await Promise.all([
    startPlatform(),
    startMailbox({ imap: { maxConnectionsPerUser: CONNECTIONS } }),
  ])
  proxy = await startProxy({ target: { port: mailbox.imap.port } })
})
afterAll(async () => {
  await platform?.stop()
  await proxy?.stop()
  await mailbox?.stop()
})

async function holdConnection(): Promise<ImapFlow> {
  const client = new ImapFlow({
    host: '127.0.0.1',
    port: mailbox.imap.port,
    secure: false,
    doSTARTTLS: false,
    auth: { user: mailbox.address, pass: mailbox.password },
    logger: false,
  })
  await client.connect()
  return client
}

test('a watcher the host has no connection for becomes a poll, which is amber at most', async () => {
  const ref = await platform.connect({ ...mailbox, imap: { ...mailbox.imap, port: proxy.port } })
  await waitFor(async () => (await platform.row(ref)).phase === 'active', { what: 'active' })
  proxy.refuse(true)
  proxy.cut()
  const others: ImapFlow[] = []
  await waitFor(
    async () => {
      if (others.length < CONNECTIONS) others.push(await holdConnection())
      return others.length === CONNECTIONS
    },
    { what: 'a full host' },
  )
  proxy.refuse(false)
  await platform.temporal.updateInbox(ref, 'syncNow', {})
  const sync = platform.client.workflow.getHandle(workflowIds.sync(ref.inboxId))
  const pending = async () => (await sync.describe()).raw.pendingActivities?.[0]?.activityType?.name
  await waitFor(async () => (await pending()) === 'pollInbox', { what: 'the poll' })
  expect(await platform.row(ref)).toMatchObject({
    receive_status: 'retrying',
    receive_reason: 'too_many_connections',
  })
  await Promise.all(others.map((client) => client.logout()))
  mailbox.deliver('From: ana@customer.test\r\nSubject: After\r\n\r\nAfter the crowd')
  await platform.temporal.updateInbox(ref, 'syncNow', {})
  await waitFor(async () => (await platform.messages(ref)).length === 1, { what: 'the mail' })
  await waitFor(async () => (await platform.row(ref)).receive_status === 'ok', { what: 'health' })
})
