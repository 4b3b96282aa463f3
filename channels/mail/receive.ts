// Pages of one folder: history downwards from the watermark, live mail upwards from the cursor.
import type { ImapFlow, SearchObject } from 'imapflow'
import { searchUids } from '../../protocols/imap/search.ts'
import { uidSet } from '../../protocols/imap/uid-set.ts'
import type { LivePage, Page } from '../channel.ts'
import { ChannelError } from '../errors.ts'
import { LARGE_MAIL, type ReadContext, type ReadMails, readMails } from './read-mails.ts'

export type HistoryWindow =
  | { kind: 'all' }
  | { kind: 'days'; days: number }
  | { kind: 'since'; date: Date | string }

/** JSON-safe: UIDVALIDITY is decimal text. */
export interface HistoryCursor {
  uidValidity: string
  /** The next page begins under this UID. */
  below: number
  /** Mails of the whole window. */
  total: number
  /** ISO-8601; null for all. Compared with INTERNALDATE by the server, to the day. */
  since: string | null
}

/** JSON-safe: UIDVALIDITY is decimal text. */
export interface LiveCursor {
  uidValidity: string
  nextUid: number
}

export interface PullOptions {
  limit: number
  /**
   * Give the next `limit` mails up unread, as poison: for a mail over which the server drops every
   * connection, found by a caller that came down to a limit of 1.
   */
  skip?: boolean
}

export interface FolderStatus {
  uidValidity: bigint
  uidNext: number
  exists: number
}

export interface Folder {
  client: ImapFlow
  context: Omit<ReadContext, 'isLarge'>
  status(): FolderStatus
  /** Called just before the folder is searched, so that later arrivals count as a change. */
  looked(): void
}

/** Pulls over one selected folder; what was searched is kept for the session. */
export function folderReader(folder: Folder) {
  const { client, context } = folder
  let window: { key: string; below: number; uids: number[] } | undefined
  const large = new Set<number>()
  let largeKnownBelow = 0

  const windowUids = async (since: string | null, below: number): Promise<number[]> => {
    const key = since ?? 'all'
    if (window?.key !== key || window.below < below) {
      const uids = below <= 1 ? [] : await search({ uid: `1:${below - 1}`, ...sinceOf(since) })
      window = { key, below, uids }
    }
    return window.uids
  }

  const search = async (query: SearchObject): Promise<number[]> => {
    const uids = await searchUids(client, query)
    if (uids === undefined) {
      throw new ChannelError('Unavailable', { reason: 'search_refused' })
    }
    return uids
  }

  // One question for the whole folder instead of a size for each mail.
  const learnLarge = async (uids: readonly number[]): Promise<void> => {
    const highest = Math.max(...uids)
    if (uids.length === 0 || highest < largeKnownBelow) return
    const range = `${Math.max(1, largeKnownBelow)}:${highest}`
    const asked = largeKnownBelow === 0 && uids.length < 50 ? uidSet(uids) : range
    const found = await searchUids(client, { uid: asked, larger: LARGE_MAIL })
    if (found === undefined) await learnSizes(uids)
    else {
      for (const uid of found) large.add(uid)
      if (asked === range) largeKnownBelow = highest + 1
    }
  }

  const learnSizes = async (uids: readonly number[]): Promise<void> => {
    for await (const row of client.fetch(uidSet(uids), { size: true, uid: true }, { uid: true })) {
      if ((row.size ?? 0) > LARGE_MAIL) large.add(row.uid)
    }
  }

  const read = async (uids: readonly number[], skip: boolean) => {
    if (skip) return givenUp(uids, context)
    await learnLarge(uids)
    return readMails(client, uids, { ...context, isLarge: (uid) => large.has(uid) })
  }

  return {
    /** Counts the window. Mails at or above the watermark belong to the live cursor. */
    async planHistory(plan: {
      window: HistoryWindow
      watermark: { uidNext: number }
    }): Promise<HistoryCursor> {
      const since = startOf(plan.window)
      const below = plan.watermark.uidNext
      const uids = await windowUids(since, below)
      return { uidValidity: String(context.uidValidity), below, total: uids.length, since }
    },

    /** @throws ChannelError CursorLost when the folder was renumbered. */
    async pullHistory(
      cursor: HistoryCursor,
      { limit, skip = false }: PullOptions,
    ): Promise<Page<HistoryCursor>> {
      sameNumbering(cursor.uidValidity, context.uidValidity)
      const all = await windowUids(cursor.since, cursor.below)
      const end = firstAtOrAbove(all, cursor.below)
      const start = Math.max(0, end - limit)
      // Newest first: the open work appears first.
      const uids = all.slice(start, end).reverse()
      const next = start > 0 ? { ...cursor, below: all[start]! } : undefined
      return { ...(await read(uids, skip)), next, total: cursor.total }
    },

    /** @throws ChannelError CursorLost when the folder was renumbered and `rescan` is not set. */
    async pullLive(
      from: LiveCursor | undefined,
      { limit, rescan = false, skip = false }: PullOptions & { rescan?: boolean },
    ): Promise<LivePage<LiveCursor>> {
      const { uidValidity, uidNext } = folder.status()
      const validity = String(uidValidity)
      let cursor = from ?? { uidValidity: validity, nextUid: uidNext }
      if (cursor.uidValidity !== validity) {
        if (!rescan) sameNumbering(cursor.uidValidity, uidValidity)
        cursor = { uidValidity: validity, nextUid: 1 }
      }
      // Dovecot searches what it has announced so far; NOOP makes it announce the new mail.
      await client.noop()
      folder.looked()
      // `n:*` always includes the last mail, even below n (RFC 9051 6.4.9).
      const found = await search({ uid: `${cursor.nextUid}:*` })
      const fresh = found.filter((uid) => uid >= cursor.nextUid)
      const uids = fresh.slice(0, limit)
      const nextUid = (uids.at(-1) ?? cursor.nextUid - 1) + 1
      const moved = { uidValidity: validity, nextUid }
      return {
        ...(await read(uids, skip)),
        cursor: moved,
        next: fresh.length > limit ? moved : undefined,
      }
    },
  }
}

function givenUp(uids: readonly number[], { folder, uidValidity }: Folder['context']): ReadMails {
  const poison = uids.map((uid) => ({
    location: { folder, uidValidity, uid },
    reason: 'connection_lost_over_it',
    evidence: '',
    size: null,
  }))
  return { messages: [], poison, bytes: 0 }
}

function sameNumbering(known: string, now: bigint): void {
  if (known === String(now)) return
  const evidence = `UIDVALIDITY was ${known}, is ${now}`
  throw new ChannelError('CursorLost', { reason: 'uidvalidity_changed', evidence })
}

function startOf(window: HistoryWindow): string | null {
  if (window.kind === 'all') return null
  if (window.kind === 'since') return new Date(window.date).toISOString()
  return new Date(Date.now() - window.days * 86_400_000).toISOString()
}

function sinceOf(since: string | null): SearchObject {
  return since === null ? {} : { since: new Date(since) }
}

function firstAtOrAbove(ascending: readonly number[], uid: number): number {
  let low = 0
  let high = ascending.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (ascending[middle]! < uid) low = middle + 1
    else high = middle
  }
  return low
}
