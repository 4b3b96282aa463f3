// Receiving from a real Dovecot: pages, cursors, large mails by parts, IDLE, mails that will not read.
import { buffer } from 'node:stream/consumers'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { Mailbox } from '../../../channels/mail/mailbox.ts'
import { answeringProxy, type Scripted } from '../../protocols/imap/scripted-imap.ts'
import { dovecotInbox, mailOf, SECRET } from './dovecot-inbox.ts'

let inbox: Awaited<ReturnType<typeof dovecotInbox>>
const opened: Mailbox[] = []
const proxies: Scripted[] = []

beforeAll(async () => {
  inbox = await dovecotInbox()
}, 60_000)
afterEach(async () => {
  await Promise.all(opened.splice(0).map((mailbox) => mailbox.close()))
  for (const proxy of proxies.splice(0)) proxy.close()
})
afterAll(() => inbox.stop())

async function open(address: string, how: Parameters<typeof inbox.open>[1] = {}) {
  const mailbox = await inbox.open(address, how)
  opened.push(mailbox)
  return mailbox
}

function filled(count: number): string {
  const address = inbox.newAddress()
  for (let n = 1; n <= count; n++) inbox.server.deliver(address, mailOf(n))
  return address
}

const json = <T>(value: T): T => JSON.parse(JSON.stringify(value))

test('history comes newest first, page by page, and a cursor survives JSON and a new session', async () => {
  const address = filled(12)
  const first = await open(address)
  const watermark = first.status()
  expect(watermark).toMatchObject({ uidNext: 13, exists: 12 })
  let next: Awaited<ReturnType<Mailbox['planHistory']>> | undefined = await first.planHistory({
    window: { kind: 'all' },
    watermark,
  })
  expect(next.total).toBe(12)
  const subjects: string[][] = []
  while (next !== undefined) {
    const mailbox = subjects.length === 1 ? await open(address) : first
    const page: Awaited<ReturnType<Mailbox['pullHistory']>> = await mailbox.pullHistory(
      json(next),
      {
        limit: 5,
      },
    )
    expect(page.total).toBe(12)
    subjects.push(page.messages.map(({ subject }) => subject))
    next = page.next
  }
  expect(subjects.map((page) => page.length)).toEqual([5, 5, 2])
  expect(subjects.flat()).toEqual(Array.from({ length: 12 }, (_, i) => `Pedido ${12 - i}`))
})

test('two pages may be asked for at once', async () => {
  const mailbox = await open(filled(10))
  const cursor = await mailbox.planHistory({ window: { kind: 'all' }, watermark: mailbox.status() })
  const [a, b] = await Promise.all([
    mailbox.pullHistory(cursor, { limit: 5 }),
    mailbox.pullHistory({ ...cursor, below: 6 }, { limit: 5 }),
  ])
  expect([...a.messages, ...b.messages]).toHaveLength(10)
})

test('a window of days leaves older mail alone', async () => {
  const address = inbox.newAddress()
  const internalDate = new Date(Date.now() - 40 * 86_400_000)
  inbox.server.deliver(address, mailOf(1), { internalDate })
  inbox.server.deliver(address, mailOf(2))
  const mailbox = await open(address)
  const window = { kind: 'days', days: 7 } as const
  const cursor = await mailbox.planHistory({ window, watermark: mailbox.status() })
  expect(cursor.total).toBe(1)
  const { messages, next } = await mailbox.pullHistory(cursor, { limit: 10 })
  expect(messages.map(({ subject }) => subject)).toEqual(['Pedido 2'])
  expect(next).toBeUndefined()
})

test('live mail comes ascending from the cursor, and an empty page keeps it', async () => {
  const address = filled(2)
  const mailbox = await open(address)
  const start = await mailbox.pullLive(undefined, { limit: 10 })
  expect(start).toMatchObject({ messages: [], next: undefined, cursor: { nextUid: 3 } })
  for (let n = 3; n <= 6; n++) inbox.server.deliver(address, mailOf(n))
  const page = await mailbox.pullLive(json(start.cursor), { limit: 3 })
  expect(page.messages.map(({ location }) => location!.uid)).toEqual([3, 4, 5])
  expect(page.next).toEqual(page.cursor)
  const rest = await mailbox.pullLive(page.next, { limit: 3 })
  expect(rest.messages.map(({ subject }) => subject)).toEqual(['Pedido 6'])
  expect(rest.next).toBeUndefined()
  const none = await mailbox.pullLive(rest.cursor, { limit: 3 })
  expect(none).toMatchObject({ messages: [], cursor: { nextUid: 7 } })
})

test('an empty mailbox has a cursor too', async () => {
  const address = inbox.newAddress()
  const mailbox = await open(address)
  const { cursor } = await mailbox.pullLive(undefined, { limit: 10 })
  expect(cursor.nextUid).toBe(1)
  inbox.server.deliver(address, mailOf(1))
  expect((await mailbox.pullLive(cursor, { limit: 10 })).messages).toHaveLength(1)
})

test('the same mail gives the same externalId on every reading', async () => {
  const mailbox = await open(filled(3))
  const cursor = await mailbox.planHistory({ window: { kind: 'all' }, watermark: mailbox.status() })
  const ids = async () =>
    (await mailbox.pullHistory(cursor, { limit: 5 })).messages.map(({ externalId }) => externalId)
  expect(await ids()).toEqual(await ids())
})

test('reading leaves mails unseen', async () => {
  const address = filled(2)
  const mailbox = await open(address)
  const cursor = await mailbox.planHistory({ window: { kind: 'all' }, watermark: mailbox.status() })
  await mailbox.pullHistory(cursor, { limit: 5 })
  const unseen = await inbox.server.doveadm('search', '-u', address, 'mailbox', 'INBOX', 'unseen')
  expect(unseen.trim().split('\n')).toHaveLength(2)
})

test('a renumbered folder is a lost cursor, and a rescan finds the same mails again', async () => {
  const address = filled(3)
  const before = await open(address)
  const cursor = await before.planHistory({ window: { kind: 'all' }, watermark: before.status() })
  const known = await before.pullHistory(cursor, { limit: 10 })
  const { cursor: live } = await before.pullLive(undefined, { limit: 10 })
  await before.close()
  await inbox.server.setUidValidity(address, 77)
  const mailbox = await open(address)
  const lost = { kind: 'CursorLost', details: { reason: 'uidvalidity_changed' } }
  await expect(mailbox.pullLive(live, { limit: 10 })).rejects.toMatchObject(lost)
  await expect(mailbox.pullHistory(cursor, { limit: 10 })).rejects.toMatchObject(lost)
  const again = await mailbox.pullLive(live, { limit: 2, rescan: true })
  const rest = await mailbox.pullLive(again.next, { limit: 2, rescan: true })
  const found = [...again.messages, ...rest.messages]
  expect(found.map(({ externalId }) => externalId)).toEqual(
    known.messages.map(({ externalId }) => externalId).reverse(),
  )
  expect(found.every(({ location }) => location!.uidValidity === 77n)).toBe(true)
})

test('IDLE tells of new mail within seconds, and mail that came before it at once', async () => {
  const address = filled(1)
  const mailbox = await open(address)
  expect(mailbox.hasIdle).toBe(true)
  const { cursor } = await mailbox.pullLive(undefined, { limit: 10 })
  expect(await mailbox.waitForChange({ maxMs: 200 })).toBe('timeout')
  setTimeout(() => inbox.server.deliver(address, mailOf(2)), 100)
  expect(await mailbox.waitForChange({ maxMs: 10_000 })).toBe('changed')
  expect(await mailbox.waitForChange({ maxMs: 10_000 })).toBe('changed')
  expect((await mailbox.pullLive(cursor, { limit: 10 })).messages).toHaveLength(1)
  expect(await mailbox.waitForChange({ maxMs: 200 })).toBe('timeout')
}, 20_000)

test('a wait ends early when asked to, and the mailbox goes on', async () => {
  const address = filled(1)
  const mailbox = await open(address)
  const stop = new AbortController()
  setTimeout(() => stop.abort(), 100)
  const started = Date.now()
  expect(await mailbox.waitForChange({ maxMs: 10_000, signal: stop.signal })).toBe('timeout')
  expect(Date.now() - started).toBeLessThan(2_000)
  expect((await mailbox.pullLive(undefined, { limit: 1 })).cursor.nextUid).toBe(2)
})

test('a dropped connection ends the wait with a fault that heals', async () => {
  const address = filled(1)
  const mailbox = await open(address)
  setTimeout(() => void inbox.server.kick(address), 200)
  await expect(mailbox.waitForChange({ maxMs: 10_000 })).rejects.toMatchObject({
    kind: 'Unavailable',
  })
}, 20_000)

test('a large mail is read by its text, its attachment waits in the mailbox', async () => {
  const address = inbox.newAddress()
  const bytes = Buffer.alloc(3_000_000, 'binary\0')
  const attachment = bytes.toString('base64').replace(/.{76}/g, '$&\r\n')
  const type = 'multipart/mixed; boundary="b"'
  const body = `--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nOlá\r\n--b\r\nContent-Type: application/pdf; name="a.pdf"\r\nContent-Disposition: attachment; filename="a.pdf"\r\nContent-Transfer-Encoding: base64\r\n\r\n${attachment}\r\n--b--`
  inbox.server.deliver(address, mailOf(1, { 'Content-Type': type, 'MIME-Version': '1.0' }, body))
  inbox.server.deliver(address, mailOf(2, {}, 'x'.repeat(100_000)))
  inbox.server.deliver(address, mailOf(3))
  const mailbox = await open(address)
  const cursor = await mailbox.planHistory({ window: { kind: 'all' }, watermark: mailbox.status() })
  const page = await mailbox.pullHistory(cursor, { limit: 10 })
  expect(page.bytes).toBeLessThan(200_000)
  expect(page.messages.map(({ subject }) => subject)).toEqual(['Pedido 3', 'Pedido 2', 'Pedido 1'])
  const large = page.messages[2]!
  expect(large.text.trim()).toBe('Olá')
  expect(large.attachments).toMatchObject([{ fileName: 'a.pdf', content: null, part: '2' }])
  const content = await buffer(await mailbox.fetchPart(large.location!, '2'))
  expect(content.equals(bytes)).toBe(true)
  expect((await mailbox.pullLive(undefined, { limit: 1 })).messages).toEqual([])
}, 20_000)

test('a mail the server will not give is cornered, the others arrive', async () => {
  const address = filled(40)
  const proxy = await answeringProxy(inbox.server.port, (line) => {
    const [, set] = /UID FETCH (\S+)/i.exec(line) ?? []
    if (set === undefined) return undefined
    const uids = set.split(',').flatMap((range) => {
      const [from = 0, to = from] = range.split(':').map(Number)
      return Array.from({ length: to - from + 1 }, (_, i) => from + i)
    })
    return uids.includes(17) ? 'BAD [SERVERBUG] cannot read message 17' : undefined
  })
  proxies.push(proxy)
  const mailbox = await open(address, { port: proxy.port })
  const cursor = await mailbox.planHistory({ window: { kind: 'all' }, watermark: mailbox.status() })
  const page = await mailbox.pullHistory(cursor, { limit: 100 })
  expect(page.messages).toHaveLength(39)
  expect(page.poison).toMatchObject([
    { location: { folder: 'INBOX', uid: 17 }, reason: 'unreadable_on_server' },
  ])
  expect(page.poison[0]!.evidence).toContain('cannot read message 17')
})

test('a mail over which every connection dies can be given up', async () => {
  const mailbox = await open(filled(3))
  const cursor = await mailbox.planHistory({ window: { kind: 'all' }, watermark: mailbox.status() })
  const page = await mailbox.pullHistory(cursor, { limit: 1, skip: true })
  expect(page.poison).toMatchObject([{ location: { uid: 3 }, reason: 'connection_lost_over_it' }])
  expect((await mailbox.pullHistory(page.next!, { limit: 5 })).messages).toHaveLength(2)
})

test('mail deleted after it was listed is neither message nor poison', async () => {
  const address = filled(5)
  const mailbox = await open(address)
  const cursor = await mailbox.planHistory({ window: { kind: 'all' }, watermark: mailbox.status() })
  await inbox.server.doveadm('expunge', '-u', address, 'mailbox', 'INBOX', 'uid', '2:3')
  const page = await mailbox.pullHistory(cursor, { limit: 10 })
  expect(page.messages).toHaveLength(3)
  expect(page.poison).toEqual([])
})

test('a sent copy is filed read, found by its Message-ID and read as outgoing', async () => {
  const address = filled(1)
  const mailbox = await open(address)
  expect(await mailbox.findBySourceId('ours-1@inbox.test')).toBeUndefined()
  const raw = mailOf(1, {
    From: address,
    To: 'Zoë <zoe@example.test>',
    'Message-ID': '<ours-1@inbox.test>',
  })
  const filed = await mailbox.appendSent(Buffer.from(raw))
  expect(filed).toMatchObject({ folder: 'Sent', uid: 1 })
  expect(await mailbox.findBySourceId('ours-1@inbox.test')).toEqual(filed)
  const sent = await open(address, { folder: '\\Sent' })
  const cursor = await sent.planHistory({ window: { kind: 'all' }, watermark: sent.status() })
  const { messages } = await sent.pullHistory(cursor, { limit: 5 })
  expect(messages).toMatchObject([
    { direction: 'outgoing', contact: { value: 'zoe@example.test' }, location: { folder: 'Sent' } },
  ])
  expect((await mailbox.pullLive(undefined, { limit: 1 })).cursor.nextUid).toBe(2)
})

test('a sent copy is found by our Message-ID where the provider has replaced it', async () => {
  const mailbox = await open(filled(1))
  const raw = mailOf(1, {
    'Message-ID': '<theirs@prod.outlook.test>',
    'X-Microsoft-Original-Message-ID': '<ours-2@inbox.test>',
  })
  const filed = await mailbox.appendSent(Buffer.from(raw))
  expect(await mailbox.findBySourceId('ours-2@inbox.test')).toEqual(filed)
  expect(await mailbox.findBySourceId('theirs@prod.outlook.test')).toEqual(filed)
  expect(await mailbox.findBySourceId('ours-3@inbox.test')).toBeUndefined()
})

test('aborting the mailbox closes it and leaks nothing', async () => {
  const stop = new AbortController()
  const mailbox = await open(filled(1), { signal: stop.signal })
  stop.abort()
  const failed = await mailbox.pullLive(undefined, { limit: 1 }).catch((error: unknown) => error)
  expect(failed).toMatchObject({ kind: 'Unavailable', details: { reason: 'connection_lost' } })
  expect(String((failed as Error).stack)).not.toContain(SECRET)
})
