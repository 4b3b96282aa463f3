// How much of a limit is used up, as Graph tells with every answer. Pure.
// https://developers.facebook.com/docs/graph-api/overview/rate-limiting

import type { IncomingHttpHeaders } from 'node:http'

/** Per cent from which we wait: what is under way elsewhere may still use some. */
const NEARLY_FULL = 90
/** Without a number: the shortest of Meta's windows slides over an hour. */
const WHILE_MS = 5 * 60_000
const HEADERS = ['x-app-usage', 'x-page-usage', 'x-business-use-case-usage']
const PERCENTAGES = ['call_count', 'total_time', 'total_cputime', 'acc_id_util_pct']

/** Milliseconds to leave Graph alone; 0 while there is room. */
export function restMs(headers: IncomingHttpHeaders): number {
  const rests = HEADERS.flatMap((name) => measuresIn(headers[name])).map((measure) => {
    // Minutes, given once the limit is reached.
    const minutes = Number(measure.estimated_time_to_regain_access) || 0
    if (minutes > 0) return minutes * 60_000
    return PERCENTAGES.some((key) => Number(measure[key]) >= NEARLY_FULL) ? WHILE_MS : 0
  })
  return Math.max(0, ...rests)
}

/** One object, or lists of them by the id of a business. */
function measuresIn(header: unknown): Record<string, unknown>[] {
  if (typeof header !== 'string') return []
  try {
    const said: unknown = JSON.parse(header)
    return flat(said)
  } catch {
    return []
  }
}

function flat(value: unknown): Record<string, unknown>[] {
  if (Array.isArray(value)) return value.flatMap(flat)
  if (typeof value !== 'object' || value === null) return []
  const nested = Object.values(value).filter(Array.isArray).flatMap(flat)
  return [{ ...value }, ...nested]
}
