// Which conversation a mail belongs to: by its Message-ID and the ones it refers to, in the page
// and in what is stored. References to parents not seen yet count, so order does not matter.

import { sql } from 'kysely'
import type { InboundMessage } from '../channels/channel.ts'
import { recordset } from '../db/batch.ts'
import type { Trx } from '../db/client.ts'

/** Hostile mails list thousands; the nearest ancestors are enough to thread by. */
const MAX_REFERENCES = 50

export interface Thread {
  /** Of the stored conversation it continues; undefined: a new one. */
  conversationId: number | undefined
  messages: InboundMessage[]
  /** Every Message-ID that leads to this thread from now on. */
  references: Set<string>
}

/** Own Message-ID first. */
function keysOf({ sourceId, references }: InboundMessage): string[] {
  return [...(sourceId ? [sourceId] : []), ...references.slice(0, MAX_REFERENCES)]
}

/**
 * Threads in the order of their first message. Two stored conversations that a mail connects stay
 * two; the mail goes to the older one.
 */
export async function threadsOf(
  trx: Trx,
  inboxId: number,
  messages: readonly InboundMessage[],
): Promise<Thread[]> {
  const groups = group(messages.map(keysOf))
  const threads = new Map<number, Thread>()
  messages.forEach((message, at) => {
    const root = groups[at]!
    const thread = threads.get(root) ?? {
      conversationId: undefined,
      messages: [],
      references: new Set<string>(),
    }
    threads.set(root, thread)
    thread.messages.push(message)
    for (const key of keysOf(message)) thread.references.add(key)
  })
  const known = await conversationsBy(
    trx,
    inboxId,
    [...threads.values()].flatMap(({ references }) => [...references]),
  )
  for (const thread of threads.values()) {
    for (const key of thread.references) {
      const id = known.get(key)
      if (id === undefined) continue
      thread.conversationId = Math.min(thread.conversationId ?? id, id)
      // Already leads somewhere; it is not written again.
      thread.references.delete(key)
    }
  }
  return mergedByConversation([...threads.values()])
}

/** Two groups of one page that meet the same stored conversation are one: counters add up once. */
function mergedByConversation(threads: Thread[]): Thread[] {
  const byConversation = new Map<number, Thread>()
  return threads.filter((thread) => {
    if (thread.conversationId === undefined) return true
    const first = byConversation.get(thread.conversationId)
    if (!first) {
      byConversation.set(thread.conversationId, thread)
      return true
    }
    first.messages.push(...thread.messages)
    for (const key of thread.references) first.references.add(key)
    return false
  })
}

/** Union-find: for each list of keys the index of the first list it is connected with. */
function group(lists: string[][]): number[] {
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
  const firstWith = new Map<string, number>()
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
    join message_refs r on r.inbox_id = ${inboxId} and r.reference = row.reference`.execute(trx)
  return new Map(rows.map(({ reference, conversation_id }) => [reference, conversation_id]))
}
