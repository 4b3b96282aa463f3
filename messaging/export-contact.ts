// All that is known of a contact as one zip (LGPD art. 18 V, GDPR art. 20): contact.json, which a
// program can read, and the files. Written as it is read, so that its size is no matter of memory.

import { Readable } from 'node:stream'
import { finished } from 'node:stream/promises'
import { sql } from 'kysely'
import { ZipFile } from 'yazl'
import type { Database } from '../db/client.ts'
import type { Storage } from '../storage/storage.ts'
import type { ContactRef } from './erase-contact.ts'

/** Messages read at a time. */
const PAGE = 200

export interface ContactExport {
  /** Of the zip. */
  content: Readable
  /** True of what went in once the content has ended. */
  counts: { conversations: number; messages: number; files: number; missing_files: number }
}

/** Undefined when there is no such contact. */
export async function exportContact(
  db: Database,
  storage: Storage,
  ref: ContactRef,
): Promise<ContactExport | undefined> {
  const contact = await readContact(db, ref)
  if (!contact) return undefined
  const counts = { conversations: 0, messages: 0, files: 0, missing_files: 0 }
  const zip = new ZipFile()
  const content = zip.outputStream as unknown as Readable
  const files: StoredFile[] = []
  const document = Readable.from(json(db, ref, contact, counts, files))
  zip.on('error', (error: Error) => content.destroy(error))
  zip.addReadStream(document, 'contact.json')
  // The names of the files are known when the document has been read.
  document.once('end', () => {
    addFiles(zip, storage, files, counts).catch((error) => content.destroy(error))
  })
  return { content, counts }
}

interface StoredFile {
  path: string
  key: string
}

/** One after the other: only one object is open at a time, however many there are. */
async function addFiles(
  zip: ZipFile,
  storage: Storage,
  files: readonly StoredFile[],
  counts: ContactExport['counts'],
): Promise<void> {
  const givenUp = new AbortController()
  zip.outputStream.once('close', () => givenUp.abort())
  for (const { path, key } of files) {
    if ((await storage.size(key)) === undefined) {
      counts.missing_files += 1
      continue
    }
    counts.files += 1
    const file = storage.open(key)
    zip.addReadStream(file, path, { compress: false })
    try {
      await finished(file, { signal: givenUp.signal })
    } catch (error) {
      file.destroy()
      throw error
    }
  }
  zip.end()
}

async function* json(
  db: Database,
  ref: ContactRef,
  contact: object,
  counts: ContactExport['counts'],
  files: StoredFile[],
): AsyncGenerator<string> {
  yield `{\n"contact": ${JSON.stringify(contact)},\n"conversations": [`
  for await (const conversation of conversationsOf(db, ref)) {
    yield `${counts.conversations > 0 ? ',' : ''}\n${JSON.stringify(conversation)}`
    counts.conversations += 1
  }
  yield '\n],\n"messages": ['
  for await (const message of messagesOf(db, ref)) {
    const { attachments, ...fields } = message
    const shown = attachments.map(({ storage_key, ...file }) => {
      const path = storage_key === null ? null : `files/${file.id}-${plainName(file.file_name)}`
      if (path && storage_key) files.push({ path, key: storage_key })
      return { ...file, path }
    })
    yield `${counts.messages > 0 ? ',' : ''}\n${JSON.stringify({ ...fields, attachments: shown })}`
    counts.messages += 1
  }
  yield '\n]\n}\n'
}

/** For any file system: no path, nothing that a program could take for an order. */
function plainName(name: string): string {
  return name.replace(/[^\p{L}\p{N}._ -]/gu, '_').slice(-100)
}

async function readContact(db: Database, { accountId, contactId }: ContactRef) {
  const { rows } = await sql<object>`
    select c.id, c.name, c.email, c.phone_number, c.identifier, c.custom_attributes, c.created_at,
      c.updated_at, coalesce((
        select json_agg(json_build_object('kind', kind, 'value', value, 'verified', verified))
        from contact_identities i where i.account_id = c.account_id and i.contact_id = c.id
      ), '[]') as identities
    from contacts c where c.account_id = ${accountId} and c.id = ${contactId}`.execute(db)
  return rows[0]
}

async function* conversationsOf(db: Database, { accountId, contactId }: ContactRef) {
  for (let after = 0; ; ) {
    const { rows } = await sql<{ id: number }>`
      select id, display_id, inbox_id, status, subject, labels, custom_attributes,
        first_message_at, last_message_at, created_at
      from conversations
      where account_id = ${accountId} and contact_id = ${contactId} and id > ${after}
      order by id limit ${PAGE}`.execute(db)
    yield* rows
    if (rows.length < PAGE) return
    after = rows.at(-1)!.id
  }
}

interface ExportedMessage {
  id: number
  attachments: { id: number; file_name: string; storage_key: string | null }[]
}

/** The contact's conversations, and what the contact wrote in others. Notes of the staff are not. */
async function* messagesOf(db: Database, { accountId, contactId }: ContactRef) {
  for (let after = 0; ; ) {
    const { rows } = await sql<ExportedMessage>`
      select m.id, m.conversation_id, m.direction, m.content, m.content_type, m.content_attributes,
        m.source_id, m.status, m.sent_at, m.delivered_at, coalesce((
          select json_agg(json_build_object('id', a.id, 'file_name', a.file_name,
            'content_type', a.content_type, 'size', a.size, 'state', a.state,
            'storage_key', case when a.state = 'stored' then a.storage_key end) order by a.position)
          from attachments a where a.account_id = m.account_id and a.message_id = m.id
        ), '[]') as attachments
      from messages m
      where m.account_id = ${accountId} and not m.private and m.id > ${after}
        and (m.contact_id = ${contactId} or m.conversation_id in (
          select id from conversations where account_id = ${accountId} and contact_id = ${contactId}
        ))
      order by m.id limit ${PAGE}`.execute(db)
    yield* rows
    if (rows.length < PAGE) return
    after = rows.at(-1)!.id
  }
}
