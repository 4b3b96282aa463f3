// Five hundred mails, threaded by us and by Dovecot; ten thousand: npm run bench:threads.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { threadMails } from '../../scripts/sample-mails/thread-mails.ts'
import { dovecotInbox, SECRET } from '../channels/mail/dovecot-inbox.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { openMailroom } from './mailroom.ts'
import { compareThreads } from './thread-oracle.ts'

let database: TestDatabase
let inbox: Awaited<ReturnType<typeof dovecotInbox>>
beforeAll(async () => {
  ;[database, inbox] = await Promise.all([createTestDatabase(), dovecotInbox()])
})
afterAll(() => Promise.all([database?.drop(), inbox?.stop()]))

test('an import threads five hundred mails as Dovecot does, page by page', async () => {
  const address = inbox.newAddress()
  for (const raw of threadMails(500, 3)) inbox.server.deliver(address, raw)
  const room = await openMailroom(database.db)
  const mailbox = { port: inbox.server.port, address, password: SECRET }
  // Small pages, so that many mails stand between conversations that are stored already.
  const result = await compareThreads(database.db, room, mailbox, 40)
  expect(result).toMatchObject({ messages: 500, differing: 0, miscounted: 0 })
  expect(result.conversations).toBe(result.threads)
  expect(await room.count('account_events', `kind = 'conversation.merged'`)).toBeGreaterThan(0)
})
