// The sample mailbox is the same every time, and looks like mail.
import { expect, test } from 'vitest'
import { type SampleMail, sampleMails } from '../../scripts/sample-mails/sample-mails.ts'

const NOW = Date.UTC(2026, 5, 1)
const DAY = 86_400_000

test('the same seed writes the same bytes, another seed others', () => {
  const write = (seed: number) => join([...sampleMails({ count: 50, seed })])
  expect(write(3).equals(write(3))).toBe(true)
  expect(write(3).equals(write(4))).toBe(false)
})

test('dates rise from days ago to now', () => {
  const times = [...sampleMails({ count: 200, now: NOW, days: 10 })].map(({ expected }) =>
    expected.date.getTime(),
  )
  expect(times).toEqual([...times].sort((a, b) => a - b))
  expect(times[0]).toBeGreaterThanOrEqual(NOW - 10 * DAY - 1000)
  expect(times.at(-1)).toBeLessThanOrEqual(NOW)
})

test('lines end in CRLF and are short enough for SMTP', () => {
  const text = join([...sampleMails({ count: 200 })]).toString('latin1')
  expect(/(?:^|[^\r])\n|\r(?!\n)/.test(text)).toBe(false)
  expect(Math.max(...text.split('\r\n').map((line) => line.length))).toBeLessThanOrEqual(998)
})

test('answers name a mail of their own thread, and ids are unique', () => {
  const mails = [...sampleMails({ count: 500 })]
  const ids = mails.map(({ expected }) => expected.messageId).filter((id) => id !== null)
  expect(new Set(ids).size).toBe(ids.length)
  const threads = new Map(mails.map(({ expected: e }) => [e.messageId, e.threadKey]))
  const answers = mails.filter(
    ({ expected: { inReplyTo } }) => inReplyTo !== null && threads.has(inReplyTo),
  )
  expect(answers.length).toBeGreaterThan(50)
  for (const { expected } of answers) {
    expect(threads.get(expected.inReplyTo)).toBe(expected.threadKey)
  }
})

test('a mail is about 8 KB on average', () => {
  const bytes = join([...sampleMails({ count: 2000 })]).length / 2000
  expect(bytes).toBeGreaterThan(7000)
  expect(bytes).toBeLessThan(10_000)
})

function join(mails: SampleMail[]): Buffer {
  return Buffer.concat(mails.map(({ raw }) => raw))
}
