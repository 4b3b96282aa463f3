// Files of large mails, on real servers: of history, of live mail, and while nothing can be stored.
import { randomBytes } from 'node:crypto'
import { renameSync, rmSync, writeFileSync } from 'node:fs'
import { buffer } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { png } from '../storage/pictures.ts'
import { type Mailbox, startMailbox } from '../support/mail-server.ts'
import { waitFor } from '../support/wait-for.ts'
import { mailWithFile } from './mail-with-file.ts'
import { type Platform, startPlatform } from './platform.ts'

let platform: Platform
let mailbox: Mailbox
let ref: { accountId: number; inboxId: number }
const monthsAgo = new Date(Date.now() - 90 * 86_400_000)
const content = (size = 300_000) => randomBytes(size)

beforeAll(async () => {
  ;[platform, mailbox] = await Promise.all([startPlatform(), startMailbox()])
})
afterAll(async () => {
  await platform?.stop()
  await mailbox?.stop()
})

/** The only file of the mail with this subject, once the mail is stored. */
async function fileOf(subject: string) {
  return platform.db
    .selectFrom('attachments as a')
    .innerJoin('messages as m', 'm.id', 'a.message_id')
    .select(['a.id', 'a.state', 'a.storage_key', 'a.detected_type', 'm.origin'])
    .where('m.source_id', '=', `${subject}@customer.test`)
    .executeTakeFirst()
}
const stored = (subject: string) =>
  waitFor(async () => ((await fileOf(subject))?.state === 'stored' ? fileOf(subject) : undefined), {
    what: `the file of ${subject}`,
  })
async function expectStored(subject: string, bytes: Buffer): Promise<void> {
  const file = await stored(subject)
  expect((await buffer(platform.storage.open(file!.storage_key!))).equals(bytes)).toBe(true)
}

test('files of imported mails follow in the background', async () => {
  const bytes = content()
  mailbox.deliver(mailWithFile('imported', bytes, monthsAgo), { internalDate: monthsAgo })
  ref = await platform.connect(mailbox)
  await expectStored('imported', bytes)
})

test('the file of a live mail is fetched at once, and its type is told by its bytes', async () => {
  const picture = png(300_000)
  mailbox.deliver(mailWithFile('live', picture))
  await expectStored('live', picture)
  expect(await fileOf('live')).toMatchObject({ origin: 'live', detected_type: 'image/png' })
})

test('after an import was cancelled the files of live mail still come', async () => {
  await platform.db
    .updateTable('imports')
    .set({ status: 'cancelled' })
    .where('inbox_id', '=', ref.inboxId)
    .execute()
  const bytes = content()
  mailbox.deliver(mailWithFile('after-cancel', bytes))
  await expectStored('after-cancel', bytes)
})

test('while nothing can be stored mails come in, people are told, and nothing is lost', async () => {
  const { storageDir } = platform
  const away = `${storageDir}.away`
  renameSync(storageDir, away)
  writeFileSync(storageDir, 'not a directory')
  const [large, small] = [content(), content(9_000)]
  mailbox.deliver(mailWithFile('large-away', large))
  mailbox.deliver(mailWithFile('small-away', small))
  for (const subject of ['large-away', 'small-away']) {
    const file = await waitFor(() => fileOf(subject), { what: `the mail ${subject}` })
    expect(file.state).toBe('in_mailbox')
  }
  const told = () =>
    platform.db
      .selectFrom('timeline')
      .select('data')
      .where('kind', '=', 'files_waiting')
      .where('inbox_id', '=', ref.inboxId)
      .execute()
  await waitFor(async () => (await told()).length > 0, { what: 'the timeline' })
  expect((await told())[0]!.data).toMatchObject({ reason: 'storage_unavailable' })

  rmSync(storageDir)
  renameSync(away, storageDir)
  await expectStored('large-away', large)
  await expectStored('small-away', small)
  expect(await told()).toHaveLength(1)
})
