// Times as people say them, with the exact one at hand.
import { useLingui } from '@lingui/react/macro'
import { useEffect, useState } from 'react'

const STEPS: [Intl.RelativeTimeFormatUnit, number][] = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
]

/** "3 minutes ago"; renewed every half minute. */
export function Ago({ time }: { time: string | null }) {
  const { i18n, t } = useLingui()
  const now = useNow()
  if (time === null) return <>{t`never`}</>
  const seconds = (Date.parse(time) - now) / 1000
  const [unit, size] = STEPS.find(([, length]) => Math.abs(seconds) >= length) ?? ['second', 1]
  const format = new Intl.RelativeTimeFormat(i18n.locale, { numeric: 'auto' })
  const amount = unit === 'second' ? 0 : Math.round(seconds / size)
  return (
    <time dateTime={time} title={fullTime(time, i18n.locale)}>
      {format.format(amount, unit)}
    </time>
  )
}

export function At({ time }: { time: string }) {
  const { i18n } = useLingui()
  return <time dateTime={time}>{fullTime(time, i18n.locale)}</time>
}

export function fullTime(time: string, locale: string): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' }).format(
    new Date(time),
  )
}

/** The hour alone today, with the date on other days. */
export function shortTime(time: string, locale: string): string {
  const date = new Date(time)
  const today = date.toDateString() === new Date().toDateString()
  return new Intl.DateTimeFormat(
    locale,
    today ? { timeStyle: 'short' } : { dateStyle: 'short', timeStyle: 'short' },
  ).format(date)
}

/** Seconds as people count them: "2 min", "1 h". */
export function duration(seconds: number, locale: string): string {
  const [unit, size] = STEPS.find(([, length]) => seconds >= length) ?? ['second', 1]
  return new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'short' }).format(
    Math.ceil(seconds / size),
  )
}

function useNow(): number {
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 30_000)
    return () => clearInterval(timer)
  }, [])
  return now
}
