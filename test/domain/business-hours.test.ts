import fc from 'fast-check'
import { expect, test } from 'vitest'
import { afterWorkingTime, type OpenHours } from '../../domain/business-hours.ts'

const weekdays = (from: string, to: string): OpenHours[] =>
  [1, 2, 3, 4, 5].map((weekday) => ({ weekday, from, to }))
const office = { hours: weekdays('09:00', '18:00'), timeZone: 'America/Sao_Paulo' }
const after = (
  start: string,
  minutes: number,
  account: Parameters<typeof afterWorkingTime>[2] = office,
) => afterWorkingTime(new Date(start), minutes, account).toISOString()

test('within one day time passes as always', () => {
  // Wednesday, 10:00 in São Paulo.
  expect(after('2026-11-25T13:00:00Z', 90)).toBe('2026-11-25T14:30:00.000Z')
})

test('what the day leaves over is taken from the next open one, over a weekend too', () => {
  // Friday 17:30: half an hour is left, the rest is Monday's.
  expect(after('2026-11-27T20:30:00Z', 60)).toBe('2026-11-30T12:30:00.000Z')
  // Saturday counts from Monday 9:00.
  expect(after('2026-11-28T15:00:00Z', 1)).toBe('2026-11-30T12:01:00.000Z')
})

test('a day may close at noon, and open until midnight', () => {
  const hours = [
    { weekday: 3, from: '14:00', to: '24:00' },
    { weekday: 3, from: '08:00', to: '12:00' },
  ]
  expect(after('2026-11-25T14:30:00Z', 60, { ...office, hours })).toBe('2026-11-25T17:30:00.000Z')
})

test('on the day the clocks change the hours are those on the wall', () => {
  const always = { hours: weekdays('09:00', '17:00'), timeZone: 'Europe/Berlin' }
  // Friday before and Monday after the change of 2026-03-29: from UTC+1 to UTC+2.
  expect(after('2026-03-27T15:30:00Z', 60, always)).toBe('2026-03-30T07:30:00.000Z')
})

test('without opening hours all time is working time', () => {
  const open = { hours: [], timeZone: 'UTC' }
  expect(after('2026-11-28T23:30:00Z', 60, open)).toBe('2026-11-29T00:30:00.000Z')
})

test('a wait ends in working time, after at least its length, and two waits are one long one', () => {
  const instants = fc.date({
    min: new Date('2026-01-01'),
    max: new Date('2027-12-31'),
    noInvalidDate: true,
  })
  const zones = fc.constantFrom('America/Sao_Paulo', 'Europe/Berlin', 'Asia/Kathmandu', 'UTC')
  const lengths = fc.integer({ min: 1, max: 5000 })
  fc.assert(
    fc.property(instants, lengths, lengths, zones, (start, first, second, timeZone) => {
      const account = { ...office, timeZone }
      const middle = afterWorkingTime(start, first, account)
      const end = afterWorkingTime(middle, second, account)
      expect(end).toEqual(afterWorkingTime(start, first + second, account))
      expect(middle.getTime() - start.getTime()).toBeGreaterThanOrEqual(first * 60_000)
      const local = new Intl.DateTimeFormat('en-GB', { timeZone, timeStyle: 'short' }).format(
        middle,
      )
      expect(local >= '09:00' && local <= '18:00').toBe(true)
    }),
  )
})
