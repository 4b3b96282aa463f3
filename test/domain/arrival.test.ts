import { expect, test } from 'vitest'
import { type ArrivalFacts, classifyArrival } from '../../domain/arrival.ts'

const start = new Date('2026-03-10T12:00:00Z')
const hours = (n: number) => new Date(start.getTime() + n * 3_600_000)
const mail = (facts: Partial<ArrivalFacts>) =>
  classifyArrival({
    uidValidity: 1n,
    uid: 100,
    deliveredAt: start,
    watermark: { uidValidity: 1n, uidNext: 100 },
    importStartedAt: start,
    lastGoodSyncAt: null,
    ...facts,
  })

test('a mail below the watermark is history, however recent', () => {
  expect(mail({ uid: 99, deliveredAt: hours(1) })).toBe('history')
})

test('a mail delivered during the import is live', () => {
  expect(mail({ deliveredAt: hours(1) })).toBe('live')
})

test('an old mail moved into INBOX during the import is late', () => {
  expect(mail({ deliveredAt: hours(-30) })).toBe('late')
})

test('an old mail moved into INBOX months after the import is late', () => {
  expect(mail({ deliveredAt: hours(240), lastGoodSyncAt: hours(2000) })).toBe('late')
})

test('every mail of a gap of three days is live', () => {
  expect(mail({ deliveredAt: hours(101), lastGoodSyncAt: hours(100) })).toBe('live')
  expect(mail({ deliveredAt: hours(171), lastGoodSyncAt: hours(100) })).toBe('live')
})

test('after a UIDVALIDITY change the delivery time alone decides', () => {
  const renumbered = { uid: 1, uidValidity: 2n, lastGoodSyncAt: hours(100) }
  expect(mail({ ...renumbered, deliveredAt: hours(99) })).toBe('live')
  expect(mail({ ...renumbered, deliveredAt: hours(50) })).toBe('late')
  // The import may not have come to it yet, or its window left it out.
  expect(mail({ ...renumbered, deliveredAt: hours(-1) })).toBe('history')
  expect(mail({ uid: 1, uidValidity: 2n, deliveredAt: hours(-1) })).toBe('history')
})
