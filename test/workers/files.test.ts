// Files of mails while nothing can be stored, on real servers.
import { spawnSync } from 'node:child_process'
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

const told = () =>
  platform.db
    .selectFrom('timeline')
    .select('data')
    .where('kind', '=', 'files_waiting')
    .where('account_id', '=', platform.accountId)
    .orderBy('id')
    .execute()

type Files = Record<string, Buffer>

function deliver(files: Files) {
  for (const [subject, file] of Object.entries(files)) mailbox.deliver(mailWithFile(subject, file))
}

async function expectStored(files: Files) {
  for (const [subject, file] of Object.entries(files)) {
    await waitFor(async () => (await fileOf(subject))?.state === 'stored', {
      what: `the file of ${subject}`,
    })
    const { storage_key } = (await fileOf(subject))!
    expect((await buffer(platform.storage.open(storage_key!))).equals(file)).toBe(true)
  }
}

test('while nothing can be stored mails come in, people are told, and nothing is lost', async () => {
  const { storageDir } = platform
  const away = `${storageDir}.away`
  renameSync(storageDir, away)
  writeFileSync(storageDir, 'not a directory')
  const files = { large: randomBytes(300_000), small: randomBytes(9_000) }
  deliver(files)
  await platform.connect(mailbox)
  for (const subject of Object.keys(files)) {
    const file = await waitFor(() => fileOf(subject), { what: `the mail ${subject}` })
    expect(file.state).toBe('in_mailbox')
  }
  await waitFor(async () => (await told()).length > 0, { what: 'the timeline' })
  expect((await told())[0]!.data).toMatchObject({ reason: 'storage_unavailable' })

  rmSync(storageDir)
  renameSync(away, storageDir)
  await expectStored(files)
  expect(await told()).toHaveLength(1)
})

// A file system of its own takes root, and a container may forbid it even then.
const onDisk = (options: string) =>
  spawnSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', platform.storageDir]).status === 0

test('a disk that is full holds no mail up, and has every file once there is room', async (context) => {
  if (!onDisk('size=128k')) context.skip()
  try {
    // Some fit.
    const names = ['first', 'second', 'third', 'fourth']
    const files: Files = { huge: randomBytes(300_000) }
    for (const name of names) files[name] = randomBytes(40_000)
    deliver(files)
    for (const subject of Object.keys(files)) {
      await waitFor(() => fileOf(subject), { what: `the mail ${subject}` })
    }
    await waitFor(async () => (await told()).length > 1, { what: 'the timeline' })
    expect(JSON.stringify((await told()).at(-1)!.data)).toMatch(/ENOSPC|no space/i)
    expect((await fileOf('huge'))!.state).toBe('in_mailbox')
    expect(onDisk('remount,size=16m')).toBe(true)
    await expectStored(files)
  } finally {
    spawnSync('umount', [platform.storageDir])
  }
})
