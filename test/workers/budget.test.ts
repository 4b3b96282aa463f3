// The bytes of history that an inbox may fetch a day: when they are spent history waits for the next
// day, and what customers write today does not.
import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Mailbox, startMailbox } from '../support/mail-server.ts'
import { waitFor } from '../support/wait-for.ts'
import { mailWithFile } from './mail-with-file.ts'
import { type Platform, startPlatform } from './platform.ts'

const noon = new Date('2026-03-10T12:00:00Z')
const MAILS = 12

let platform: Platform
let mailbox: Mailbox
let ref: { accountId: number; inboxId: number }
let days = 0

beforeAll(async () => {
  ;[platform, mailbox] = await Promise.all([
    startPlatform({
      clock: () => new Date(noon.getTime() + days * 86_400_000),
      // One page of small files: the first that is read spends the day.
      tuning: { importDailyBytes: 30_000, importPage: 4 },
    }),
    startMailbox(),
  ])
  for (let n = 1; n <= MAILS; n++) {
    mailbox.deliver(mailWithFile(`old-${n}`, randomBytes(n === MAILS ? 200_000 : 10_000)))
  }
  ref = await platform.connect(mailbox)
})
afterAll(async () => {
  await platform?.stop()
  await mailbox?.stop()
})

const importRow = () =>
  platform.db
    .selectFrom('imports')
    .select(['status', 'done', 'parked_until'])
    .where('inbox_id', '=', ref.inboxId)
    .executeTakeFirstOrThrow()
const fileOf = async (subject: string) =>
  platform.db
    .selectFrom('attachments as a')
    .innerJoin('messages as m', 'm.id', 'a.message_id')
    .select(['a.state', 'm.origin'])
    .where('m.source_id', '=', `${subject}@customer.test`)
    .executeTakeFirst()

test('history waits for the next day once its bytes are spent', async () => {
  const parked = await waitFor(
    async () => {
      const row = await importRow()
      return row.parked_until ? row : undefined
    },
    { what: 'a parked import' },
  )
  expect(parked.parked_until).toEqual(new Date('2026-03-11T00:00:00Z'))
  expect(parked.status).toBe('running')
  expect(parked.done).toBeLessThan(MAILS)
})

test('meanwhile new mail comes in, and its large file is fetched before any of history', async () => {
  mailbox.deliver(mailWithFile('new', randomBytes(200_000)))
  await waitFor(async () => (await fileOf('new'))?.state === 'stored', { what: 'the new file' })
  expect(await fileOf('new')).toMatchObject({ origin: 'live' })
  expect(await fileOf(`old-${MAILS}`)).toEqual({ state: 'in_mailbox', origin: 'history' })
  expect((await importRow()).done).toBeLessThan(MAILS)
})

test('on the next days history goes on where it stood, and each mail is there once', async () => {
  await waitFor(
    async () => {
      const { status, parked_until } = await importRow()
      // The platform's midnights lie in the past, so the timers that wait for them end at once.
      const now = noon.getTime() + days * 86_400_000
      if (parked_until && parked_until.getTime() > now) days += 1
      return status === 'completed'
    },
    { what: 'the end of the import' },
  )
  const messages = await platform.messages(ref)
  const old = messages.filter(({ origin }) => origin === 'history')
  expect(new Set(old.map(({ source_id }) => source_id)).size).toBe(MAILS)
  expect(old).toHaveLength(MAILS)
})
