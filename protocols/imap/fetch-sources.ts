// Whole mails of many UIDs in one streaming FETCH; a mail the server cannot give is cornered.
import type { FetchMessageObject, FetchQueryObject, ImapFlow } from 'imapflow'
import { isCommandRefusal } from './classify.ts'
import { searchUids } from './search.ts'
import { uidSet } from './uid-set.ts'

/** `emailId` is EMAILID or X-GM-MSGID where the server has one (RFC 8474). */
export interface FetchedMail {
  uid: number
  internalDate: Date | undefined
  emailId: string | undefined
  source: Buffer
}

/** A mail that stays in the folder and that the server will not hand over. */
export interface UnreadableMail {
  uid: number
  error: unknown
}

/**
 * Streams the sources in the server's order. Mails expunged meanwhile are left out.
 * @throws imapflow's error when the connection fails
 */
export async function* fetchSources(
  client: ImapFlow,
  uids: readonly number[],
): AsyncGenerator<FetchedMail | UnreadableMail> {
  const query = { source: true, internalDate: true }
  for await (const row of fetchEach(client, uids, query, hasSource)) {
    if ('error' in row) yield row
    else {
      const { uid, emailId } = row
      yield { uid, internalDate: dateOf(row.internalDate), emailId, source: row.source! }
    }
  }
}

// Dovecot answers NIL for a mail that another session has just expunged.
function hasSource({ source }: FetchMessageObject): boolean {
  return Buffer.isBuffer(source)
}

/**
 * FETCH that gets around single mails: a refused set is halved down to the mail at fault, and a mail
 * left out, or given without what `isWhole` looks for, is asked for again by itself.
 * @throws imapflow's error when the connection fails
 */
export async function* fetchEach(
  client: ImapFlow,
  uids: readonly number[],
  query: FetchQueryObject,
  isWhole: (row: FetchMessageObject) => boolean,
): AsyncGenerator<FetchMessageObject | UnreadableMail> {
  const waiting = new Set(uids)
  const refused = new Map<number, unknown>()
  const sets: number[][] = uids.length === 0 ? [] : [[...uids]]
  for (let set = sets.pop(); set !== undefined; set = sets.pop()) {
    try {
      for await (const row of client.fetch(uidSet(set), { ...query, uid: true }, { uid: true })) {
        if (isWhole(row) && waiting.delete(row.uid)) yield row
      }
    } catch (error) {
      if (!isCommandRefusal(error)) throw error
      const rest = set.filter((uid) => waiting.has(uid))
      const half = Math.ceil(rest.length / 2)
      if (rest.length > 1) sets.push(rest.slice(half), rest.slice(0, half))
      else for (const uid of rest) refused.set(uid, error)
    }
  }
  if (waiting.size === 0) return
  for (const uid of await stillThere(client, waiting)) {
    const error = refused.get(uid)
    yield error === undefined ? await fetchAlone(client, uid, query, isWhole) : { uid, error }
  }
}

async function fetchAlone(
  client: ImapFlow,
  uid: number,
  query: FetchQueryObject,
  isWhole: (row: FetchMessageObject) => boolean,
): Promise<FetchMessageObject | UnreadableMail> {
  try {
    const row = await client.fetchOne(String(uid), { ...query, uid: true }, { uid: true })
    if (row !== false && isWhole(row)) return row
    return { uid, error: new Error('The server gives this mail without its content') }
  } catch (error) {
    if (!isCommandRefusal(error)) throw error
    return { uid, error }
  }
}

export function dateOf(value: Date | string | undefined): Date | undefined {
  if (value === undefined) return undefined
  const date = new Date(value)
  return Number.isNaN(date.getTime()) ? undefined : date
}

async function stillThere(client: ImapFlow, uids: ReadonlySet<number>): Promise<number[]> {
  // Only after NOOP does a search know of what others expunged.
  await client.noop()
  return (await searchUids(client, { uid: uidSet([...uids]) })) ?? [...uids]
}
