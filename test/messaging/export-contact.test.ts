// The zip of all that is known of a contact.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { fromBuffer } from 'yauzl'
import { exportContact } from '../../messaging/export-contact.ts'
import { queueOutgoing } from '../../messaging/queue-outgoing.ts'
import { storeInbound } from '../../messaging/store-inbound.ts'
import { createDirectoryStorage } from '../../storage/directory.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { mail, now, openMailroom } from './mailroom.ts'

const dir = mkdtempSync(join(tmpdir(), 'export-'))
const storage = createDirectoryStorage(dir)
let database: TestDatabase
beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(async () => {
  await database?.drop()
  rmSync(dir, { recursive: true, force: true })
})

/** Contents by path. */
async function unzipped(zip: Buffer): Promise<Map<string, Buffer>> {
  const found = new Map<string, Buffer>()
  await new Promise<void>((resolve, reject) => {
    fromBuffer(zip, { lazyEntries: true }, (failed, file) => {
      if (failed) return reject(failed)
      file.on('error', reject)
      file.on('end', () => resolve())
      file.on('entry', (entry) => {
        file.openReadStream(entry, async (error, stream) => {
          if (error) return reject(error)
          found.set(entry.fileName, await buffer(stream as Readable))
          file.readEntry()
        })
      })
      file.readEntry()
    })
  })
  return found
}

const file = (fileName: string, content: Buffer | null) => ({
  fileName,
  contentType: 'text/plain',
  size: 5,
  contentId: null,
  inline: false,
  content,
  part: '2',
})

test('it holds the contact, the messages and the files, and nothing of anybody else', async () => {
  const room = await openMailroom(database.db)
  const attachments = [
    file('../nota fiscal.txt', Buffer.from('nota')),
    file('large.bin', null),
    file('lost.txt', Buffer.from('will be lost')),
  ]
  const target = { ...room, folder: 'INBOX', now, storage, arrivalOf: () => 'live' as const }
  const messages = [
    mail({ from: 'ana@x.test', id: 'a1@x', text: 'Olá, "tudo" bem?', attachments }),
    mail({ from: 'bia@x.test', id: 'b1@x', text: 'Bia alone' }),
    mail({ from: 'ana@x.test', id: 'a2@x', text: 'in the talk of Bia', replyTo: ['b1@x'] }),
  ]
  await storeInbound(database.db, target, { messages, poison: [] })
  const [conversation] = await room.conversations()
  const outgoing = { accountId: room.accountId, conversationId: conversation!.id }
  const author = { ...outgoing, userId: room.admin.id }
  await queueOutgoing(database.db, { ...author, content: 'our answer' })
  await queueOutgoing(database.db, { ...author, content: 'a note of ours', private: true })
  await storage.delete(await keyOf(room.accountId, 'lost.txt'))

  const ref = { accountId: room.accountId, contactId: conversation!.contact_id }
  const exported = (await exportContact(database.db, storage, ref))!
  const zip = await unzipped(await buffer(exported.content))
  expect(exported.counts).toEqual({ conversations: 1, messages: 3, files: 1, missing_files: 1 })
  const document = JSON.parse(zip.get('contact.json')!.toString())
  expect(document.contact).toMatchObject({ email: 'ana@x.test', name: 'Ana' })
  expect(document.contact.identities).toEqual([
    { kind: 'email', value: 'ana@x.test', verified: true },
  ])
  expect(document.conversations.map(({ id }: { id: number }) => id)).toEqual([conversation!.id])
  expect(document.messages.map(({ content }: { content: string }) => content)).toEqual([
    'Olá, "tudo" bem?',
    'in the talk of Bia',
    'our answer',
  ])
  const [nota, large] = document.messages[0].attachments
  expect(large).toMatchObject({ state: 'in_mailbox', path: null })
  expect(nota.path).toMatch(/^files\/\d+-\.\._nota fiscal\.txt$/)
  expect(zip.get(nota.path)).toEqual(Buffer.from('nota'))
  expect([...zip.keys()]).toHaveLength(2)
  expect(zip.get('contact.json')!.toString()).not.toMatch(/storage_key|Bia alone|note of ours/)
})

async function keyOf(accountId: number, fileName: string): Promise<string> {
  const { storage_key } = await database.db
    .selectFrom('attachments')
    .select('storage_key')
    .where('account_id', '=', accountId)
    .where('file_name', '=', fileName)
    .executeTakeFirstOrThrow()
  return storage_key!
}

test('a contact of another account, or none, is not exported', async () => {
  const [room, other] = [await openMailroom(database.db), await openMailroom(database.db)]
  await room.live([mail({})])
  const [conversation] = await room.conversations()
  const ref = { accountId: other.accountId, contactId: conversation!.contact_id }
  expect(await exportContact(database.db, storage, ref)).toBeUndefined()
})

test('when reading fails in the middle, the export fails and does not only end', async () => {
  const room = await openMailroom(database.db)
  const target = { ...room, folder: 'INBOX', now, storage, arrivalOf: () => 'live' as const }
  const attachments = [file('a.txt', Buffer.from('a'.repeat(70_000)))]
  await storeInbound(database.db, target, { messages: [mail({ attachments })], poison: [] })
  const [conversation] = await room.conversations()
  const ref = { accountId: room.accountId, contactId: conversation!.contact_id }
  const broken = { ...storage, open: () => storage.open('no/such/object') }
  const exported = (await exportContact(database.db, broken, ref))!
  await expect(buffer(exported.content)).rejects.toMatchObject({ code: 'ENOENT' })
})
