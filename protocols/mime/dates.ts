// RFC 5322 dates with the obsolete and the broken forms; absurd ones become null.

/**
 * Reads a Date or Received stamp. Null when unreadable, before 1990 (broken clocks answer 1904, 1970
 * or 1980) or more than a day after `now`, which is in milliseconds.
 */
export function parseDate(value: string | undefined, now: number): Date | null {
  if (value === undefined) return null
  const text = value.slice(0, 200)
  const time = rfcTime(text) ?? isoTime(text)
  if (time === null || time < EARLIEST || time > now + DAY) return null
  return new Date(time)
}

/** The stamp of a Received field: whatever follows its last semicolon. */
export function receivedDate(value: string | undefined, now: number): Date | null {
  if (value === undefined) return null
  return parseDate(value.slice(value.lastIndexOf(';') + 1), now)
}

const DAY = 86_400_000
const EARLIEST = Date.UTC(1990, 0, 1)
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']

// Hours from UTC, RFC 5322 4.3. Military letters and unknown names count as UTC, as it advises.
const ZONES: Record<string, number> = {
  edt: -4,
  est: -5,
  cdt: -5,
  cst: -6,
  mdt: -6,
  mst: -7,
  pdt: -7,
  pst: -8,
}

const CLOCK = String.raw`(\d{1,2})[:.](\d{2})(?:[:.](\d{2}))?(?:\.\d{1,9})?\s*([ap]m)?`
const DAY_MONTH_YEAR = new RegExp(
  String.raw`(\d{1,2})[\s-]{1,9}([a-z]{3})[a-z]{0,6}\.?[\s,-]{1,9}(\d{2,4})[\s,]{1,9}${CLOCK}`,
  'i',
)
// asctime and Windows mailers: `Tue Nov  4 10:00:00 2025`, `November 4, 2025 10:00`.
const MONTH_DAY_CLOCK_YEAR = new RegExp(
  String.raw`([a-z]{3})[a-z]{0,6}\s{1,9}(\d{1,2})[\s,]{1,9}${CLOCK}\s{1,9}(?:[a-z]{1,5}\s{1,9})?(\d{4})`,
  'i',
)
const ZONE = /^\s*(?:([+-])(\d{2}):?(\d{2})|\(?(?:gmt|utc?)?([+-])(\d{1,2})|([a-z]{1,5}))/i

function rfcTime(text: string): number | null {
  const match = DAY_MONTH_YEAR.exec(text)
  if (match !== null) {
    const [all, day, month, year, hour, minute, second, half] = match
    const zone = text.slice(match.index + all.length)
    return timeOf({ year, month, day, hour, minute, second, half }, zone)
  }
  const unix = MONTH_DAY_CLOCK_YEAR.exec(text)
  if (unix === null) return null
  const [all, month, day, hour, minute, second, half, year] = unix
  return timeOf(
    { year, month, day, hour, minute, second, half },
    text.slice(unix.index + all.length),
  )
}

type Field = 'year' | 'month' | 'day' | 'hour' | 'minute' | 'second' | 'half'

function timeOf(fields: Record<Field, string | undefined>, zone: string): number | null {
  const month = MONTHS.indexOf(fields.month!.toLowerCase())
  const year = fullYear(fields.year!)
  const day = Number(fields.day)
  const hour = hourOf(Number(fields.hour), fields.half?.toLowerCase())
  const minute = Number(fields.minute)
  const second = Math.min(Number(fields.second ?? 0), 59)
  if (month === -1 || hour > 23 || minute > 59) return null
  const time = Date.UTC(year, month, day, hour, minute, second)
  if (new Date(time).getUTCMonth() !== month) return null
  return time - zoneMinutes(zone) * 60_000
}

function fullYear(text: string): number {
  const year = Number(text)
  if (text.length === 2) return year < 50 ? 2000 + year : 1900 + year
  return text.length === 3 ? 1900 + year : year
}

function hourOf(hour: number, half: string | undefined): number {
  if (half === undefined) return hour
  return (hour % 12) + (half === 'pm' ? 12 : 0)
}

function zoneMinutes(text: string): number {
  const match = ZONE.exec(text)
  if (match === null) return 0
  const [, sign, hours, minutes, looseSign, looseHours, name] = match
  if (name !== undefined) return (ZONES[name.toLowerCase()] ?? 0) * 60
  const size = Number(hours ?? looseHours) * 60 + Number(minutes ?? 0)
  if (size > 15 * 60) return 0
  return (sign ?? looseSign) === '-' ? -size : size
}

function isoTime(text: string): number | null {
  const match =
    /\b\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2})?(?:\.\d{1,9})?\s?(?:Z|[+-]\d{2}:?\d{2})?)?/.exec(
      text,
    )
  if (match === null) return null
  const stamp = match[0].replace(/(\d) (?=\d{2}:)/, '$1T').replace(/\s/g, '')
  const zoned = /(?:Z|[+-]\d{2}:?\d{2})$/.test(stamp) || !stamp.includes('T') ? stamp : `${stamp}Z`
  const time = Date.parse(zoned)
  return Number.isNaN(time) ? null : time
}
