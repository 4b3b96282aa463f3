// History, live or late: what a mail found in a folder is to the people and automations. Pure.

export type Arrival = 'history' | 'live' | 'late'

/** Mail that took longer than this to show up was moved or restored, not delivered. */
export const LATE_AFTER_MS = 24 * 3_600_000

/** Recorded per (inbox, folder) when its first import starts. */
export interface Watermark {
  uidValidity: bigint
  /** UIDNEXT at that moment: lower UIDs are history. */
  uidNext: number
}

export interface ArrivalFacts {
  uidValidity: bigint
  uid: number
  /** Topmost Received header, else INTERNALDATE. */
  deliveredAt: Date
  watermark: Watermark
  importStartedAt: Date
  /** Last cycle that reached the provider; null before the first. */
  lastGoodSyncAt: Date | null
}

/**
 * Below the watermark is history. Above it a mail is live only when it was delivered recently: since
 * the last good sync (so a gap of three days makes three days of mail live) or, before the first
 * one, since the start of the import; with a day of tolerance. After a UIDVALIDITY change UIDs say
 * nothing, so the delivery time alone decides, and what was there before the import began is history.
 */
export function classifyArrival(facts: ArrivalFacts): Arrival {
  const sameNumbering = facts.uidValidity === facts.watermark.uidValidity
  if (sameNumbering && facts.uid < facts.watermark.uidNext) return 'history'
  if (!sameNumbering && facts.deliveredAt < facts.importStartedAt) return 'history'
  return arrivalByTime(facts.deliveredAt, facts.lastGoodSyncAt ?? facts.importStartedAt)
}

/** Where nothing is history: `reference` is when we last knew that nothing was missing. */
export function arrivalByTime(deliveredAt: Date, reference: Date): 'live' | 'late' {
  return deliveredAt.getTime() >= reference.getTime() - LATE_AFTER_MS ? 'live' : 'late'
}
