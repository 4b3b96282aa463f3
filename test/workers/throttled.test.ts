// A mailbox whose provider says "not now": its delay is kept to, nothing is asked meanwhile, and
// nothing is lost.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { answeringProxy, type Scripted } from '../protocols/imap/scripted-imap.ts'
import { type Mailbox, startMailbox } from '../support/mail-server.ts'
import { waitFor } from '../support/wait-for.ts'
import { type Platform, startPlatform } from './platform.ts'

const QUOTA = 'NO [OVERQUOTA] Account exceeded command or bandwidth limits. (Failure)'
const THROTTLED = 'BAD Request is throttled. Suggested Backoff Time: 1500 milliseconds'

let platform: Platform
let mailbox: Mailbox
let proxy: Scripted
let ref: { accountId: number; inboxId: number }
let says: string | undefined
let asked = 0

beforeAll(async () => {
  ;[platform, mailbox] = await Promise.all([startPlatform(), startMailbox()])
  proxy = await answeringProxy(mailbox.imap.port, (line) => {
    asked += 1
    return / (?:UID|LOGIN|AUTHENTICATE) /i.test(line) ? says : undefined
  })
  mailbox.deliver(mail(1))
  ref = await platform.connect({ ...mailbox, imap: { ...mailbox.imap, port: proxy.port } })
  await waitFor(async () => (await platform.row(ref)).phase === 'active', { what: 'active' })
})
afterAll(async () => {
  await platform?.stop()
  proxy?.close()
  await mailbox?.stop()
})

const mail = (n: number) =>
  `From: ana@customer.test\r\nMessage-ID: <${n}@c.test>\r\nDate: ${new Date().toUTCString()}\r\n\r\nMail ${n}`
const stored = async () => (await platform.messages(ref)).map(({ content }) => content.trim())
const waitForReason = (reason: string) =>
  waitFor(
    async () => {
      const row = await platform.row(ref)
      // Health is written first, then the cycle with both of its times.
      return row.receive_reason === reason && row.consecutive_failures > 0 ? row : undefined
    },
    { what: reason },
  )
const delayOf = ({ next_try_at, last_checked_at }: Awaited<ReturnType<Platform['row']>>) =>
  next_try_at!.getTime() - last_checked_at!.getTime()

test('a throttled mailbox is asked again after the delay that the server names', async () => {
  says = THROTTLED
  mailbox.deliver(mail(2))
  const row = await waitForReason('throttled')
  expect(delayOf(row)).toBe(1500)
  expect(row.receive_status).toBe('retrying')
  says = undefined
  await waitFor(async () => (await stored()).includes('Mail 2'), { what: 'the mail' })
  expect(await stored()).toEqual(['Mail 1', 'Mail 2'])
})

test('a quota that is used up parks the mailbox for a day; nothing is asked of it meanwhile', async () => {
  says = QUOTA
  mailbox.deliver(mail(3))
  expect(delayOf(await waitForReason('over_quota'))).toBe(24 * 3_600_000)
  const before = asked
  await new Promise((resolve) => setTimeout(resolve, 2_000))
  expect(asked).toBe(before)
  // A person who knows better is obeyed.
  says = undefined
  await platform.temporal.updateInbox(ref, 'syncNow', {})
  await waitFor(async () => (await stored()).includes('Mail 3'), { what: 'the mail' })
  expect(await stored()).toEqual(['Mail 1', 'Mail 2', 'Mail 3'])
  await waitFor(async () => (await platform.row(ref)).receive_status === 'ok', { what: 'health' })
})
