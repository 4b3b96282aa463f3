// UID SEARCH as ascending lists; ESEARCH keeps the answer for a million mails to a line.
import type { ImapFlow, SearchObject } from 'imapflow'
import { uidsOf } from './uid-set.ts'

/**
 * UIDs of the selected folder that match, ascending; undefined when the server refuses the question.
 * @throws imapflow's error when the connection fails, or the server refuses everything for now
 */
export async function searchUids(
  client: ImapFlow,
  query: SearchObject,
): Promise<number[] | undefined> {
  const found = await client.search(query, { uid: true, returnOptions: ['ALL'] })
  if (found === false || found === undefined) {
    // imapflow keeps to itself why it was refused. Where the whole account is, a FETCH says so.
    await client.fetchOne('1', { uid: true }, { uid: true })
    return undefined
  }
  if (Array.isArray(found)) return found.sort((a, b) => a - b)
  return uidsOf(found.all ?? '')
}
