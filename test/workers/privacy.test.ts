// Exports, erasures and large files on real servers.
import { randomBytes } from 'node:crypto'
import { buffer } from 'node:stream/consumers'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { findPrivacyRequest, requestPrivacy } from '../../db/privacy-requests.ts'
import { workflowIds } from '../../temporal/contracts.ts'
import { type Mailbox, startMailbox } from '../support/mail-server.ts'
import { waitFor } from '../support/wait-for.ts'
import { mailWithFile } from './mail-with-file.ts'
import { type Platform, startPlatform } from './platform.ts'

let platform: Platform
let mailbox: Mailbox
let ref: { accountId: number; inboxId: number }
const large = randomBytes(900_000)

beforeAll(async () => {
  ;[platform, mailbox] = await Promise.all([startPlatform(), startMailbox()])
  for (const person of ['carla', 'dora']) mailbox.deliver(mail(person, `old of ${person}`))
  mailbox.deliver(mail('carla', 'with a file', large))
  mailbox.deliver(mail('dora', 'with a larger file', randomBytes(1_500_000)))
  const { accountId } = platform
  await sql`update accounts set attachment_limit_bytes = 1000000 where id = ${accountId}`.execute(
    platform.db,
  )
  ref = await platform.connect(mailbox)
  await waitFor(async () => (await platform.row(ref)).phase === 'active', { what: 'active' })
})
afterAll(async () => {
  await platform?.stop()
  await mailbox?.stop()
})

const mail = (person: string, subject: string, file = Buffer.from('x')) =>
  mailWithFile(subject, file, new Date(Date.now() - 60_000), person)

/** The large ones; each mail has a small one, the same in all of them, or a large one. */
const files = async () =>
  platform.db
    .selectFrom('attachments')
    .selectAll()
    .where('account_id', '=', ref.accountId)
    .where('size', '>', 1_000)
    .orderBy('size')
    .execute()
const contactOf = async (person: string) =>
  (
    await platform.db
      .selectFrom('contacts')
      .select('id')
      .where('email', '=', `${person}@customer.test`)
      .executeTakeFirst()
  )?.id
async function ask(kind: 'export' | 'erasure', person: string) {
  const { accountId } = ref
  const wish = { accountId, contactId: (await contactOf(person))!, kind }
  const { id } = await requestPrivacy(platform.db, { ...wish, userId: platform.administratorId })
  await platform.temporal.startPrivacyRequest({ accountId, requestId: id }, kind)
  await waitFor(async () => (await stateOf(id)).status !== 'waiting', { what: 'it to be taken up' })
  return id
}
const stateOf = async (requestId: number) =>
  (await findPrivacyRequest(platform.db, { accountId: ref.accountId, requestId }))!

test('large files come after the import; what is beyond the limit stays and says why', async () => {
  await waitFor(
    async () => (await files()).every(({ state, reason }) => state === 'stored' || reason),
    {
      what: 'the files',
    },
  )
  const [stored, left] = await files()
  expect(stored).toMatchObject({ state: 'stored', size: large.length })
  expect((await buffer(platform.storage.open(stored!.storage_key!))).equals(large)).toBe(true)
  expect(left).toMatchObject({ state: 'in_mailbox', reason: 'too_large' })
})

test('an export is a zip with what is known, on record with its counts', async () => {
  const id = await ask('export', 'carla')
  await waitFor(async () => (await stateOf(id)).status === 'done', { what: 'the export' })
  const { counts, storage_key, expires_at } = await stateOf(id)
  expect(counts).toMatchObject({ messages: 2, files: 2, missing_files: 0 })
  const zip = await buffer(platform.storage.open(storage_key!))
  expect(zip.subarray(0, 2).toString()).toBe('PK')
  expect(zip.length).toBe((counts as { bytes: number }).bytes)
  expect(expires_at!.getTime()).toBeGreaterThan(Date.now() + 6 * 86_400_000)
})

test('an erasure takes rows and bytes, the export too; a rescan brings nothing back', async () => {
  const [stored] = await files()
  const exported = await platform.db
    .selectFrom('privacy_requests')
    .select('storage_key')
    .executeTakeFirstOrThrow()
  await sql`update stored_objects set check_after = null`.execute(platform.db)
  const id = await ask('erasure', 'carla')
  await waitFor(async () => (await stateOf(id)).status === 'done', { what: 'the erasure' })
  expect((await stateOf(id)).counts).toEqual({ conversations: 2, messages: 2 })
  expect(await contactOf('carla')).toBeUndefined()
  expect(await platform.storage.size(stored!.storage_key!)).toBeUndefined()
  expect(await platform.storage.size(exported.storage_key!)).toBeUndefined()

  await mailbox.imap.setUidValidity(mailbox.address, 4_000_000)
  mailbox.deliver(mail('carla', 'after the erasure'))
  await platform.temporal.updateInbox(ref, 'syncNow', {})
  const texts = async () => (await platform.messages(ref)).map(({ content }) => content.trim())
  await waitFor(async () => (await texts()).includes('Text of after the erasure'), {
    what: 'the new mail',
  })
  expect((await texts()).sort()).toEqual([
    'Text of after the erasure',
    'Text of old of dora',
    'Text of with a larger file',
  ])
})

test('a request that nobody took up is found by the relay', async () => {
  const { accountId } = ref
  const wish = { accountId, contactId: (await contactOf('dora'))!, kind: 'export' as const }
  const { id } = await requestPrivacy(platform.db, { ...wish, userId: platform.administratorId })
  await sql`select pg_notify('outbox', '')`.execute(platform.db)
  await waitFor(async () => (await stateOf(id)).status === 'done', { what: 'the export' })
})

test('what an account keeps for a while only is deleted durably, on record and said in plain words', async () => {
  const { db, temporal, client } = platform
  const { accountId } = ref
  const contactId = await contactOf('dora')
  await sql`update accounts set conversation_retention_days = 30 where id = ${accountId}`.execute(
    db,
  )
  await sql`update conversations set last_message_at = now() - interval '31 days'
    where account_id = ${accountId} and contact_id = ${contactId}`.execute(db)
  // The next day.
  const retention = client.workflow.getHandle(workflowIds.retention())
  await retention.terminate()
  await temporal.ensureCaretakers()
  await waitFor(async () => (await platform.messages(ref)).length === 1, { what: 'the retention' })
  const [left] = await platform.messages(ref)
  expect(left!.content.trim()).toBe('Text of after the erasure')
  const said = async () => {
    const shown = await retention.query<{ currentDetails: string }>('__temporal_workflow_metadata')
    return shown.currentDetails
  }
  await waitFor(async () => (await said()).includes('2 conversations, 2 messages'), {
    what: 'the retention to say it',
  })
  const record = await db
    .selectFrom('timeline')
    .select('data')
    .where('inbox_id', '=', ref.inboxId)
    .where('kind', '=', 'conversations_expired')
    .execute()
  expect(record).toEqual([{ data: { conversations: 2, messages: 2, days: 30 } }])
})
