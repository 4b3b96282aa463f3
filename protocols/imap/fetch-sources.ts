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
  for await (const row of fetchEach(client, uids, { source: true, internalDate: true })) {
    if ('error' in row) yield row
    else if (row.source === undefined) yield { uid: row.uid, error: new Error('no source') }
    else {
      yield {
        uid: row.uid,
        internalDate: dateOf(row.internalDate),
        emailId: row.emailId,
        source: row.source,
      }
    }
  }
}

/**
 * FETCH that gets around single mails: a refused set is halved down to the mail at fault, and a mail
 * silently left out is asked for again by itself.
 * @throws imapflow's error when the connection fails
 */
export async function* fetchEach(
  client: ImapFlow,
  uids: readonly number[],
  query: FetchQueryObject,
): AsyncGenerator<FetchMessageObject | UnreadableMail> {
  const waiting = new Set(uids)
  let refused: UnreadableMail[] = []
  const sets: number[][] = uids.length === 0 ? [] : [[...uids]]
  for (let set = sets.pop(); set !== undefined; set = sets.pop()) {
    try {
      for await (const row of client.fetch(uidSet(set), { ...query, uid: true }, { uid: true })) {
        if (waiting.delete(row.uid)) yield row
      }
    } catch (error) {
      if (!isCommandRefusal(error)) throw error
      const rest = set.filter((uid) => waiting.has(uid))
      const half = Math.ceil(rest.length / 2)
      if (rest.length > 1) sets.push(rest.slice(half), rest.slice(0, half))
      else refused = refused.concat(rest.map((uid) => ({ uid, error })))
    }
  }
  if (waiting.size === 0) return
  const still = await stillThere(client, waiting)
  const retry = still.filter((uid) => !refused.some((mail) => mail.uid === uid))
  for (const uid of retry) {
    const row = await client
      .fetchOne(String(uid), { ...query, uid: true }, { uid: true })
      .catch((error: unknown) => {
        if (!isCommandRefusal(error)) throw error
        return { uid, error }
      })
    yield row === false ? { uid, error: new Error('The server leaves this mail out') } : row
  }
  yield* refused.filter(({ uid }) => still.includes(uid))
}

export function dateOf(value: Date | string | undefined): Date | undefined {
  if (value === undefined) return undefined
  const date = new Date(value)
  return Number.isNaN(date.getTime()) ? undefined : date
}

async function stillThere(client: ImapFlow, uids: ReadonlySet<number>): Promise<number[]> {
  return (await searchUids(client, { uid: uidSet([...uids]) })) ?? [...uids]
}
