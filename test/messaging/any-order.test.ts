import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { storeInbound } from '../../messaging/store-inbound.ts'
import { createDirectoryStorage } from '../../storage/directory.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { mail, now, openMailroom } from './mailroom.ts'

let database: TestDatabase
const dir = mkdtempSync(join(tmpdir(), 'attachments-'))
beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(async () => {
  await database?.drop()
  rmSync(dir, { recursive: true, force: true })
})

test('threads come out the same in whatever order, pages and repeats their mails arrive', async () => {
  const deliveries = fc.array(
    fc.record({
      mails: fc.array(fc.record({ thread: fc.nat(4), at: fc.nat(5) }), { maxLength: 12 }),
      live: fc.boolean(),
    }),
    { minLength: 1, maxLength: 6 },
  )
  await fc.assert(
    fc.asyncProperty(deliveries, async (pages) => {
      const room = await openMailroom(database.db)
      // Every mail of a thread names its first one, which may itself come last or never.
      const made = new Map<string, ReturnType<typeof mail>>()
      const mailOf = ({ thread, at }: { thread: number; at: number }) => {
        const key = `${thread}-${at}`
        const id = `${key}@${room.inboxId}`
        const replyTo = at === 0 ? [] : [`${thread}-0@${room.inboxId}`]
        made.set(key, made.get(key) ?? mail({ id, replyTo }))
        return made.get(key)!
      }
      for (const { mails, live } of pages) {
        const messages = mails.map(mailOf)
        await (live ? room.live(messages) : room.history(messages))
      }
      const threads = new Set([...made.keys()].map((key) => key.split('-')[0]))
      const conversations = await room.conversations()
      const messages = await room.messages()
      expect(conversations).toHaveLength(threads.size)
      expect(messages).toHaveLength(made.size)
      const counted = conversations.reduce((sum, row) => sum + row.message_count, 0)
      expect(counted).toBe(made.size)
      // Each live message has one event, history none; places are gapless.
      const events = await room.outbox()
      const live = messages.filter(({ origin }) => origin === 'live')
      expect(events.filter(({ event }) => event === 'message_created')).toHaveLength(live.length)
      for (const { id, last_seq } of conversations) {
        const seqs = events.flatMap((row) => (row.conversation_id === id ? [row.seq] : []))
        expect(seqs).toEqual(Array.from({ length: last_seq }, (_, at) => at + 1))
      }
    }),
    { numRuns: 40 },
  )
})

test('a file that came along is stored before its row; one left in the mailbox says so', async () => {
  const room = await openMailroom(database.db)
  const storage = createDirectoryStorage(dir)
  const content = Buffer.from('nota fiscal')
  const file = { fileName: 'a.pdf', contentType: 'application/pdf', size: 11, contentId: null }
  const message = mail({
    attachments: [
      { ...file, inline: false, content, part: '2' },
      { ...file, inline: false, content: null, part: '3', size: 9_000_000 },
    ],
  })
  const target = { ...room, folder: 'INBOX', now, storage, arrivalOf: () => 'live' as const }
  await storeInbound(database.db, target, { messages: [message], poison: [] })
  const rows = await database.db
    .selectFrom('attachments')
    .selectAll()
    .where('account_id', '=', room.accountId)
    .orderBy('position')
    .execute()
  expect(rows.map(({ state, part }) => [state, part])).toEqual([
    ['stored', '2'],
    ['in_mailbox', '3'],
  ])
  expect(await buffer(storage.open(rows[0]!.storage_key!))).toEqual(content)
})
