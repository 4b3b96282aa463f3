// Delays between tries, from the number of consecutive failures kept in a row.

/** 5 s, 10 s, 20 s ... at most 5 minutes; jitter keeps a host's inboxes from returning together. */
export function failureDelayMs(consecutiveFailures: number, jitter: number): number {
  const exponential = 5_000 * 2 ** Math.min(consecutiveFailures, 10)
  return Math.round(Math.min(exponential, 5 * 60_000) * (0.8 + 0.4 * jitter))
}

const MINUTE = 60_000

/** Polling is frequent after traffic and decays while nothing comes: 1, 5, then 15 minutes. */
export function pollDelayMs(idleCycles: number): number {
  if (idleCycles < 5) return MINUTE
  if (idleCycles < 20) return 5 * MINUTE
  return 15 * MINUTE
}
