// Files of mails while nothing can be stored, on real servers.
import { randomBytes } from 'node:crypto'
import { renameSync, rmSync, writeFileSync } from 'node:fs'
import { buffer } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Mailbox, startMailbox } from '../support/mail-server.ts'
import { waitFor } from '../support/wait-for.ts'
import { mailWithFile } from './mail-with-file.ts'
import { type Platform, startPlatform } from './platform.ts'

let platform: Platform
let mailbox: Mailbox

beforeAll(async () => {
  ;[platform, mailbox] = await Promise.all([startPlatform(), startMailbox()])
})
afterAll(async () => {
  await platform?.stop()
  await mailbox?.stop()
})

/** The only file of the mail with this subject, once the mail is stored. */
const fileOf = (subject: string) =>
  platform.db
    .selectFrom('attachments as a')
    .innerJoin('messages as m', 'm.id', 'a.message_id')
    .select(['a.state', 'a.storage_key'])
    .where('m.source_id', '=', `${subject}@customer.test`)
    .executeTakeFirst()

test('while nothing can be stored mails come in, people are told, and nothing is lost', async () => {
  const { storageDir } = platform
  const away = `${storageDir}.away`
  renameSync(storageDir, away)
  writeFileSync(storageDir, 'not a directory')
  const files = { large: randomBytes(300_000), small: randomBytes(9_000) }
  for (const [subject, file] of Object.entries(files)) mailbox.deliver(mailWithFile(subject, file))
  const ref = await platform.connect(mailbox)
  for (const subject of Object.keys(files)) {
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
  for (const [subject, file] of Object.entries(files)) {
    await waitFor(async () => (await fileOf(subject))?.state === 'stored', {
      what: `the file of ${subject}`,
    })
    const { storage_key } = (await fileOf(subject))!
    expect((await buffer(platform.storage.open(storage_key!))).equals(file)).toBe(true)
  }
  expect(await told()).toHaveLength(1)
})
