// Working time of an account: when a wait in business hours is over. Pure; zones come from Intl.

/** Local times of a weekday, 0 Sunday; `24:00` is midnight at the end. A day may have several. */
export interface OpenHours {
  weekday: number
  /** HH:MM */
  from: string
  to: string
}

const MINUTE_MS = 60_000
const DAY_MS = 24 * 3_600_000
/** More than the longest wait needs with one hour a week. */
const FARTHEST_DAYS = 52 * 366

/**
 * The moment at which `minutes` of working time have passed since `start`. Without opening hours all
 * time is working time.
 */
export function afterWorkingTime(
  start: Date,
  minutes: number,
  { hours, timeZone }: { hours: readonly OpenHours[]; timeZone: string },
): Date {
  if (hours.length === 0) return new Date(start.getTime() + minutes * MINUTE_MS)
  const wall = wallClock(timeZone)
  const today = Math.floor(wall.read(start.getTime()) / DAY_MS) * DAY_MS
  let left = minutes * MINUTE_MS
  for (let day = today; day < today + FARTHEST_DAYS * DAY_MS; day += DAY_MS) {
    for (const { from, to } of windowsOf(hours, new Date(day).getUTCDay())) {
      const opens = Math.max(start.getTime(), wall.instantOf(day + from * MINUTE_MS))
      const open = wall.instantOf(day + to * MINUTE_MS) - opens
      if (open <= 0) continue
      if (left <= open) return new Date(opens + left)
      left -= open
    }
  }
  throw new RangeError('These opening hours never open')
}

function windowsOf(hours: readonly OpenHours[], weekday: number) {
  return hours
    .filter((window) => window.weekday === weekday)
    .map(({ from, to }) => ({ from: minuteOf(from), to: minuteOf(to) }))
    .sort((a, b) => a.from - b.from)
}

function minuteOf(time: string): number {
  const [hour = 0, minute = 0] = time.split(':').map(Number)
  return hour * 60 + minute
}

/** Instants, and what a clock on the wall shows then, as if it were UTC; both in milliseconds. */
function wallClock(timeZone: string) {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  })
  const read = (at: number): number => {
    const part = Object.fromEntries(
      format.formatToParts(at).map(({ type, value }) => [type, Number(value)]),
    ) as Record<'year' | 'month' | 'day' | 'hour' | 'minute' | 'second', number>
    const { year, month, day, hour, minute, second } = part
    return Date.UTC(year, month - 1, day, hour, minute, second)
  }
  const offset = (at: number) => read(at) - Math.floor(at / 1000) * 1000
  return {
    read,
    /** Twice, since the first guess may lie on the other side of a change of the clocks. */
    instantOf: (shown: number) => shown - offset(shown - offset(shown)),
  }
}
