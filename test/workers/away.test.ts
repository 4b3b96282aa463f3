// A mail server that is away for three days: everything that reached the mailbox meanwhile is stored
// once and shown, and ClaudIA answers only what is young enough.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { saveBot } from '../../db/integrations.ts'
import { startProxy, type TcpProxy } from '../../scripts/servers/tcp-proxy.ts'
import { startTestBot, type TestBot } from '../e2e/test-bot.ts'
import { type Mailbox, startMailbox } from '../support/mail-server.ts'
import { waitFor } from '../support/wait-for.ts'
import { type Platform, startPlatform } from './platform.ts'

const HOUR = 3_600_000

let platform: Platform
let mailbox: Mailbox
let proxy: TcpProxy
let bot: TestBot
let ref: { accountId: number; inboxId: number }
/** The platform begins three days ago. */
let behind = 73 * HOUR

const hoursAgo = (hours: number) => new Date(Date.now() - hours * HOUR)
const deliver = (hours: number) =>
  mailbox.deliver(
    [
      `From: customer-${hours}@shop.example`,
      `Message-ID: <${hours}@shop.example>`,
      `Date: ${hoursAgo(hours).toUTCString()}`,
      '',
      `Written ${hours} hours ago`,
    ].join('\r\n'),
    { internalDate: hoursAgo(hours) },
  )

beforeAll(async () => {
  ;[platform, mailbox, bot] = await Promise.all([
    startPlatform({ clock: () => new Date(Date.now() - behind) }),
    startMailbox(),
    startTestBot('whsec_c2VjcmV0'),
  ])
  const { accountId, claudiaId, vault, db } = platform
  const sealed = vault.seal({ accountId, row: `bots/${claudiaId}` }, bot.secret)
  await saveBot(db, accountId, claudiaId, bot.url, sealed)
  proxy = await startProxy({ target: { port: mailbox.imap.port } })
  ref = await platform.connect({ ...mailbox, imap: { ...mailbox.imap, port: proxy.port } })
  await waitFor(async () => (await platform.row(ref)).phase === 'active', { what: 'active' })
})
afterAll(async () => {
  await platform?.stop()
  await proxy?.stop()
  await mailbox?.stop()
  await bot?.stop()
})

test('three days of mail come in once, as open work, and ClaudIA is asked about the last day', async () => {
  proxy.refuse(true)
  proxy.cut()
  await waitFor(async () => (await platform.row(ref)).receive_status === 'retrying', {
    what: 'a failing inbox',
  })
  const written = [71, 60, 48, 30, 25, 23, 12, 6, 1]
  for (const hours of written) deliver(hours)
  behind = 0
  proxy.refuse(false)
  await platform.temporal.updateInbox(ref, 'syncNow', {})

  const messages = await waitFor(
    async () => {
      const found = await platform.messages(ref)
      return found.length === written.length ? found : undefined
    },
    { what: 'three days of mail' },
  )
  expect(messages.map(({ content, origin }) => [content.trim(), origin])).toEqual(
    written.map((hours) => [`Written ${hours} hours ago`, 'live']),
  )
  const young = written.filter((hours) => hours < 24)
  await waitFor(() => bot.handled.length === young.length, { what: 'ClaudIA to be asked' })
  expect(bot.handled.map(({ content }) => content.trim()).sort()).toEqual(
    young.map((hours) => `Written ${hours} hours ago`).sort(),
  )
  const conversations = await platform.db
    .selectFrom('conversations')
    .select(['status', 'attention_reason'])
    .where('inbox_id', '=', ref.inboxId)
    .orderBy('id')
    .execute()
  const old = written.length - young.length
  expect(conversations.slice(0, old)).toEqual(
    Array(old).fill({ status: 'open', attention_reason: 'stale' }),
  )
  await waitFor(async () => (await platform.row(ref)).receive_status === 'ok', { what: 'health' })
})
