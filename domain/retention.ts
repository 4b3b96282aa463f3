// How long what is kept: days, unless the account says something else for its conversations, or less
// for its deliveries.

export const KEPT_DAYS = {
  /** Wakes that were relayed, and replies to idempotent requests (which count for one day). */
  relayed: 7,
  /** What rules did, the receipts of their actions, what bots were told. */
  runs: 180,
  /** What consoles hear of; one that was away longer loads everything anew. */
  events: 30,
  /** What providers pushed, as it came, and what webhooks were told. */
  deliveries: 30,
  /** How much of a limit is used up. */
  limits: 1,
  /** A contact's export may be downloaded. */
  exports: 7,
} as const

const DAY_MS = 24 * 3_600_000

export function daysBefore(now: Date, days: number): Date {
  return new Date(now.getTime() - days * DAY_MS)
}

export function daysAfter(now: Date, days: number): Date {
  return new Date(now.getTime() + days * DAY_MS)
}
