// Every imported mail against the generator that wrote it: is it there once, and is it the same?
// Attachments are checked against postal-mime, which shares no code with the import.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import PostalMime from 'postal-mime'
import type { Database } from '../db/client.ts'
import {
  type SampleMail,
  type SampleShape,
  sampleMails,
} from '../scripts/sample-mails/sample-mails.ts'

export interface Comparison {
  missing: number
  doubled: number
  wrong_body: number
  /** Mails whose conversation is not that of the other mails of their thread, and of no other. */
  wrong_thread: number
}

/** The nth mail of the shape must be UID n of INBOX. */
export async function compareImport(
  db: Database,
  inboxId: number,
  storageDir: string,
  shape: SampleShape,
): Promise<Comparison> {
  const result: Comparison = { missing: 0, doubled: 0, wrong_body: 0, wrong_thread: 0 }
  const met = new Set<number>()
  const threadOf = new Map<number, string>()
  const conversationOf = new Map<string, number>()
  let uid = 0
  for (const mails of inChunks(sampleMails(shape), CHUNK)) {
    const rows = await rowsOf(db, inboxId, uid + 1, uid + mails.length)
    for (const mail of mails) {
      uid += 1
      const row = rows.get(uid)
      if (row === undefined || met.has(row.id)) {
        result.missing += 1
        continue
      }
      met.add(row.id)
      const { threadKey } = mail.expected
      const same =
        (threadOf.get(row.conversation_id) ?? threadKey) === threadKey &&
        (conversationOf.get(threadKey) ?? row.conversation_id) === row.conversation_id
      if (!same) result.wrong_thread += 1
      threadOf.set(row.conversation_id, threadKey)
      conversationOf.set(threadKey, row.conversation_id)
      if (!(await isSame(mail, row, storageDir))) result.wrong_body += 1
    }
  }
  const { count } = await db
    .selectFrom('messages')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('inbox_id', '=', inboxId)
    .executeTakeFirstOrThrow()
  result.doubled = Number(count) - met.size
  return result
}

const CHUNK = 500

interface Row {
  id: number
  conversation_id: number
  content: string
  source_id: string | null
  subject: unknown
  files: { file_name: string; storage_key: string | null }[]
}

async function rowsOf(db: Database, inboxId: number, from: number, to: number) {
  const found = await db
    .selectFrom('message_locations as place')
    .innerJoin('messages as message', (join) =>
      join
        .onRef('message.account_id', '=', 'place.account_id')
        .onRef('message.id', '=', 'place.message_id'),
    )
    .select(['place.uid', 'message.id', 'message.conversation_id', 'message.content'])
    .select(['message.source_id', 'message.content_attributes'])
    .where('place.inbox_id', '=', inboxId)
    .where('place.folder', '=', 'INBOX')
    .where('place.uid', '>=', from)
    .where('place.uid', '<=', to)
    .execute()
  const files = found.length
    ? await db
        .selectFrom('attachments')
        .select(['message_id', 'file_name', 'storage_key'])
        .where(
          'message_id',
          'in',
          found.map(({ id }) => id),
        )
        .orderBy('position')
        .execute()
    : []
  return new Map(
    found.map(({ uid, content_attributes, ...row }): [number, Row] => [
      Number(uid),
      {
        ...row,
        subject: (content_attributes as { subject?: unknown }).subject,
        files: files.filter(({ message_id }) => message_id === row.id),
      },
    ]),
  )
}

async function isSame({ raw, expected }: SampleMail, row: Row, storageDir: string) {
  const names = row.files.map(({ file_name }) => file_name)
  if (
    squash(row.content) !== expected.text ||
    row.subject !== expected.subject ||
    row.source_id !== expected.messageId ||
    JSON.stringify(names) !== JSON.stringify(expected.attachmentNames)
  ) {
    return false
  }
  // Invites and bounces have text files, whose line ends a reader may choose.
  if (expected.kind !== 'message' || names.length === 0) return true
  const { attachments } = await PostalMime.parse(raw)
  return attachments.every(({ content }, at) => {
    const key = row.files[at]?.storage_key
    if (!key || !(content instanceof ArrayBuffer)) return false
    return readFileSync(join(storageDir, key)).equals(Buffer.from(content))
  })
}

const squash = (text: string) => text.replace(/\s+/g, ' ').trim()

function* inChunks<T>(items: Iterable<T>, size: number): Generator<T[]> {
  let chunk: T[] = []
  for (const item of items) {
    chunk.push(item)
    if (chunk.length < size) continue
    yield chunk
    chunk = []
  }
  if (chunk.length > 0) yield chunk
}
