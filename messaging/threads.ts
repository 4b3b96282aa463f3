// Which conversation a mail belongs to: by its Message-IDs and the ones it refers to, in the page
// and in what is stored. References to parents not seen yet count, so order does not matter.

import { sql } from 'kysely'
import type { InboundMessage } from '../channels/channel.ts'
import { recordset } from '../db/batch.ts'
import type { Trx } from '../db/client.ts'
import { identityOf } from './inbound-contacts.ts'
import { mergeImported } from './merge-imported.ts'
import type { InboxRef } from './message-rows.ts'

/** Hostile mails list thousands; the nearest ancestors are enough to thread by. */
const MAX_REFERENCES = 50

export interface Thread {
  /** Of the stored conversation it continues; undefined: a new one. */
  conversationId: number | undefined
  messages: InboundMessage[]
  /** Every Message-ID that leads to this thread from now on. */
  references: Set<string>
}

export interface ThreadOptions {
  /** The inbox's setting: mails that refer to nothing are joined by contact and subject. */
  bySubject: boolean
  /** Import: conversations that a mail connects become one where nobody has touched them. */
  merging: boolean
}

/**
 * Threads in the order of their first message. Of several stored conversations that a mail connects
 * it goes to the oldest.
 */
export async function threadsOf(
  trx: Trx,
  inbox: InboxRef,
  messages: readonly InboundMessage[],
  { bySubject, merging }: ThreadOptions,
): Promise<Thread[]> {
  const keys = messages.map((message) => [
    ...keysOf(message),
    ...(bySubject ? subjectKeys(message) : []),
  ])
  const known = await conversationsBy(trx, inbox.inboxId, [...new Set(keys.flat())])
  // Messages that meet the same stored conversation belong together as those of one thread do.
  const groups = group(
    keys.map((list) => [...list, ...list.flatMap((key) => known.get(key) ?? [])]),
  )
  const threads = new Map<number, Thread & { found: Set<number> }>()
  messages.forEach((message, at) => {
    const root = groups[at]!
    const thread = threads.get(root) ?? {
      conversationId: undefined,
      messages: [],
      references: new Set<string>(),
      found: new Set<number>(),
    }
    threads.set(root, thread)
    thread.messages.push(message)
    for (const key of keys[at]!) {
      const id = known.get(key)
      // What leads somewhere already is not written again.
      if (id === undefined) thread.references.add(key)
      else thread.found.add(id)
    }
  })
  for (const thread of threads.values()) {
    const ids = [...thread.found].sort((a, b) => a - b)
    thread.conversationId =
      merging && ids.length > 1 ? await mergeImported(trx, inbox, ids) : ids[0]
  }
  return [...threads.values()]
}

/** Own Message-IDs first. */
function keysOf({ sourceId, aliases = [], references }: InboundMessage): string[] {
  return [...(sourceId ? [sourceId] : []), ...aliases, ...references.slice(0, MAX_REFERENCES)]
}

/**
 * Contact, subject and month, for mails of programs that write no references: a question offers its
 * month, an answer (`Re:`) also looks into the one before. No Message-ID holds a space.
 */
function subjectKeys({ references, contact, subject, sentAt }: InboundMessage): string[] {
  const base = baseSubject(subject)
  if (references.length > 0 || base === '') return []
  const months = base === collapsed(subject) ? [0] : [0, 1]
  return months.map((back) => {
    const month = new Date(Date.UTC(sentAt.getUTCFullYear(), sentAt.getUTCMonth() - back))
    return `subject ${month.toISOString().slice(0, 7)} ${identityOf(contact)} ${base}`
  })
}

const collapsed = (subject: string) => subject.replace(/\s+/g, ' ').trim().toLowerCase()

/** The subject without what answering adds (RFC 5256 2.1), in the languages of our users' mailers. */
function baseSubject(subject: string): string {
  let base = collapsed(subject).slice(0, 200)
  for (let before = ''; before !== base; ) {
    before = base
    base = base.replace(/^(?:re|res|rv|aw|sv|antw|r)\s*(?:\[\d{1,3}\])?\s*:\s*/, '')
  }
  return base
}

/** Union-find: for each list of keys the index of the first list it is connected with. */
function group(lists: (string | number)[][]): number[] {
  const parent = lists.map((_, at) => at)
  const rootOf = (at: number): number => {
    let root = at
    while (parent[root] !== root) root = parent[root]!
    for (let next = at; parent[next] !== root; ) {
      const after = parent[next]!
      parent[next] = root
      next = after
    }
    return root
  }
  const firstWith = new Map<string | number, number>()
  lists.forEach((keys, at) => {
    for (const key of keys) {
      const other = firstWith.get(key)
      if (other === undefined) {
        firstWith.set(key, at)
        continue
      }
      const [a, b] = [rootOf(at), rootOf(other)]
      parent[Math.max(a, b)] = Math.min(a, b)
    }
  })
  return lists.map((_, at) => rootOf(at))
}

async function conversationsBy(trx: Trx, inboxId: number, references: string[]) {
  if (references.length === 0) return new Map<string, number>()
  const { rows } = await sql<{ reference: string; conversation_id: number }>`
    select r.reference, r.conversation_id
    from ${recordset(
      references.map((reference) => ({ reference })),
      'reference text',
    )}
    cross join lateral (
      select * from message_refs where inbox_id = ${inboxId} and reference = row.reference limit 1
    ) r`.execute(trx)
  return new Map(rows.map(({ reference, conversation_id }) => [reference, conversation_id]))
}
