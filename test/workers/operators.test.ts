// The operators' part of README.md, taken at its word: its lines are run as they stand there, on a
// real Temporal with real inboxes. A minute of an interval is less than a second here.
import { execFile } from 'node:child_process'
import { chmodSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { storeConnection } from '../../activities/state/connection.ts'
import { validateEmailForm } from '../../channels/email/index.ts'
import { inTransaction } from '../../db/client.ts'
import { createInbox } from '../../messaging/create-inbox.ts'
import { startProxy, type TcpProxy } from '../../scripts/servers/tcp-proxy.ts'
import { findTemporal } from '../../scripts/servers/temporal.ts'
import { WORKFLOWS, workflowIds } from '../../temporal/contracts.ts'
import { type Mailbox, startMailbox } from '../support/mail-server.ts'
import { waitFor } from '../support/wait-for.ts'
import { type Platform, startPlatform } from './platform.ts'

const IDLE = 100
/** New connections to one server are paced, so the idle mailboxes are spread over several. */
const IDLE_SERVERS = 10
const SPECIAL = ['hanging', 'importing', 'red', 'amber', 'paused'] as const
const readme = readFileSync(join(import.meta.dirname, '../../README.md'), 'utf8')

/** By the name that its comment begins with. */
const lines = Object.fromEntries(
  [...readme.matchAll(/^# (\w+( import)?)\b.*\n(temporal workflow list .*)$/gm)].map((match) => [
    match[1]!,
    match[3]!,
  ]),
)

type Ref = { accountId: number; inboxId: number }
const bin = mkdtempSync(join(tmpdir(), 'operators-'))
const special = {} as Record<(typeof SPECIAL)[number], Ref>
const idle: Ref[] = []
const proxies: Record<string, TcpProxy> = {}
let platform: Platform
let mailbox: Mailbox

beforeAll(async () => {
  const names = [...SPECIAL, ...Array.from({ length: IDLE }, (_, n) => `idle${n}`)]
  const users = Object.fromEntries(names.map((name) => [addressOf(name), 'a secret']))
  ;[platform, mailbox] = await Promise.all([
    startPlatform({
      watchSlots: IDLE + SPECIAL.length,
      tuning: { idleCheckMs: 5_000, importPage: 2, importShareMs: 2_000 },
    }),
    startMailbox({ imap: { users } }),
  ])
  symlinkSync(await findTemporal(), join(bin, 'temporal'))
  const target = { port: mailbox.imap.port }
  for (const name of SPECIAL) {
    proxies[name] = await startProxy({ target, delayMs: name === 'importing' ? 300 : 0 })
    special[name] = await connect(name, proxies[name].port)
  }
  for (let n = 0; n < IDLE; n++) {
    const server = `idle-server-${n % IDLE_SERVERS}`
    proxies[server] ??= await startProxy({ target })
    idle.push(await connected(`idle${n}`, proxies[server].port))
  }
})
afterAll(async () => {
  await platform?.stop()
  await Promise.all(Object.values(proxies).map((proxy) => proxy.stop()))
  await mailbox?.stop()
  rmSync(bin, { recursive: true, force: true })
})

const addressOf = (name: string) => `${name}@shop.test`

function formFor(name: string, port: number) {
  const address = addressOf(name)
  const imap = { host: '127.0.0.1', port, encryption: 'none', login: address, password: 'a secret' }
  const form = validateEmailForm({ address, imap }, { allowHosts: ['127.0.0.0/8'] })
  return { address, settings: { ...form.settings }, credentials: { ...form.credentials } }
}

/** Two mails; the one that imports has thousands, a few at a time over a slow line. */
function connect(name: string, port: number): Promise<Ref> {
  const count = name === 'importing' ? 2_000 : 2
  const mails = Array.from({ length: count }, (_, n) => ({ raw: mail(`${name}-${n}`) }))
  mailbox.imap.deliverAll(addressOf(name), mails)
  return platform.connect(mailbox, formFor(name, port))
}

/** An inbox whose connecting and import are behind it: a hundred of those would take a minute. */
function connected(name: string, port: number): Promise<Ref> {
  const { db, vault, accountId } = platform
  const form = formFor(name, port)
  return inTransaction(db, async (trx) => {
    const order = { accountId, name, channel: 'email' as const, ...form }
    const { inboxId, draftId } = await createInbox(trx, vault, order)
    const ref = { accountId, inboxId }
    const proved = { ...form, access: null, providerIds: [], now: new Date(), imports: false }
    await storeConnection(trx, vault, { ...ref, draftId }, proved)
    return ref
  })
}

const mail = (id: string) =>
  [
    'From: Ana <ana@customer.example>',
    `Message-ID: <${id}@customer.example>`,
    'Date: Mon, 02 Mar 2026 10:00:00 +0000',
    `Subject: ${id}`,
    '',
    'Hello',
    '',
  ].join('\r\n')

/** The workflow ids that the README's line lists. */
async function found(name: string): Promise<string[]> {
  const env = {
    PATH: [bin, process.env.PATH].join(delimiter),
    HOME: bin,
    TEMPORAL_ADDRESS: platform.server.address,
  }
  const { stdout } = await promisify(execFile)('bash', ['-euc', lines[name]!], { env })
  return stdout
    .split('\n')
    .slice(1)
    .flatMap((line) => /^ *\w+ +(\S+)/.exec(line)?.[1] ?? [])
    .sort()
}
const entity = ({ inboxId }: Ref) => workflowIds.inbox(inboxId)
const entities = (...names: (typeof SPECIAL)[number][]) =>
  names.map((name) => entity(special[name])).sort()

test('each filter is a link into the UI too, with the same words', () => {
  const links = Object.fromEntries(
    [...readme.matchAll(/^\[(\w+)\]\(http:\S+\/workflows\?query=(\S+)\)/gm)].map((match) => [
      match[1]!,
      decodeURIComponent(match[2]!),
    ]),
  )
  const queries = Object.entries(lines).map(([name, line]) => [
    name,
    /--query (['"])(.*)\1$/.exec(line)![2],
  ])
  // A link cannot say "15 minutes ago".
  const linked = queries.filter(([, query]) => !query!.includes('$('))
  expect(linked.length).toBeGreaterThan(8)
  expect(links).toEqual(Object.fromEntries(linked))
})

test('a sync that hangs without failing is found; a hundred idle inboxes and an import never are', async () => {
  const inSync = platform.db
    .selectFrom('inboxes')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('last_checked_at', 'is not', null)
    .where('phase', 'in', ['active', 'importing'])
  const all = IDLE + SPECIAL.length
  await waitFor(async () => (await inSync.executeTakeFirstOrThrow()).count === all, {
    what: 'every inbox in sync',
  })
  await waitFor(async () => (await found('Importing')).length === 1, { what: 'one left importing' })
  await platform.client.workflow.start(WORKFLOWS.watchdog, {
    workflowId: workflowIds.watchdog(),
    taskQueue: 'workflows',
    args: [1_000],
    workflowIdConflictPolicy: 'TERMINATE_EXISTING',
  })

  const seen = new Set<string>()
  proxies.hanging!.stall(true)
  await waitFor(
    async () => {
      for (const id of await found('Attention')) seen.add(id)
      return seen.size > 0
    },
    { what: 'the hanging inbox', everyMs: 500 },
  )
  expect([...seen]).toEqual(entities('hanging'))
  expect(await found('Stuck')).toEqual(entities('hanging'))
  expect(await found('Importing')).toEqual(entities('importing'))
}, 120_000)

test('red, amber and paused inboxes are each found by their own filter', async () => {
  mailbox.imap.setPassword(addressOf('red'), 'another')
  await mailbox.imap.kick(addressOf('red'))
  proxies.amber!.refuse(true)
  proxies.amber!.cut()
  await platform.temporal.updateInbox(special.paused, 'pause', {})
  await waitFor(async () => (await platform.row(special.amber)).receive_status === 'retrying', {
    what: 'retrying',
  })
  // As if it had begun three minutes ago.
  const since = new Date(Date.now() - 180_000)
  const inbox = platform.db.updateTable('inboxes').where('id', '=', special.amber.inboxId)
  await inbox.set({ receive_since: since }).execute()

  const expected = { Red: 'red', Amber: 'amber', Paused: 'paused' } as const
  for (const [line, name] of Object.entries(expected)) {
    await waitFor(async () => (await found(line)).length > 0, { what: line, everyMs: 500 })
    expect(await found(line)).toEqual(entities(name))
  }
  expect(await found('Attention')).toEqual(entities('hanging', 'red', 'amber'))
})

test('an import that stands still is found once its progress is old', async () => {
  const importing = workflowIds.import(special.importing.inboxId, 1)
  expect(await found('Slow import')).toEqual([])
  writeFileSync(join(bin, 'date'), '#!/bin/sh\necho 2100-01-01T00:00:00Z\n')
  chmodSync(join(bin, 'date'), 0o755)
  await waitFor(async () => (await found('Slow import')).includes(importing), {
    what: 'progress that an hour later would be old',
    everyMs: 500,
  })
  expect(await found('Slow import')).toEqual([importing])
})

test('one account and one inbox can be looked at alone; no workflow is broken', async () => {
  expect(platform.accountId).toBe(1)
  const account = await found('Account')
  for (const ref of idle) {
    expect(account).toContain(entity(ref))
    expect(account).toContain(workflowIds.sync(ref.inboxId))
  }
  const { inboxId } = special.red
  lines.Inbox = lines.Inbox!.replace('"1"', `"${inboxId}"`)
  expect(await found('Inbox')).toContain(workflowIds.connect(inboxId))
  expect(await found('Broken')).toEqual([])
})
