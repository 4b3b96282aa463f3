// The ratchet on a running inbox: a host whose certificate verified once must verify from then on.
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { EmailSettings } from '../../channels/email/index.ts'
import { type Mailbox, startMailbox } from '../support/mail-server.ts'
import { type PrivateCa, privateCa } from '../support/private-ca.ts'
import { waitFor } from '../support/wait-for.ts'
import { formOf, type Platform, startPlatform } from './platform.ts'

let platform: Platform
let mailbox: Mailbox
let ca: PrivateCa
let ref: { accountId: number; inboxId: number }

beforeAll(async () => {
  ca = await privateCa()
  const tls = { tls: 'starttls' as const, certificate: await ca.issue(['127.0.0.1']) }
  ;[platform, mailbox] = await Promise.all([
    startPlatform(),
    startMailbox({ imap: tls, smtp: tls }),
  ])
  ca.trust()
})
afterAll(async () => {
  ca?.distrust()
  await platform?.stop()
  await mailbox?.stop()
  ca?.remove()
})

test('a certificate that verifies is held to, although nobody asked for the check', async () => {
  const { settings, credentials } = formOf(mailbox)
  const loose = { encryption: 'starttls', certificate: 'none' }
  const { imap, smtp } = settings
  ref = await platform.connect(mailbox, {
    settings: { ...settings, imap: { ...imap, ...loose }, smtp: { ...smtp, ...loose } },
    credentials: { ...credentials },
  })
  const phase = async () => (await platform.row(ref)).phase === 'active'
  await waitFor(phase, { what: 'the inbox to become active' })
  const stored = (await platform.row(ref)).settings as unknown as EmailSettings
  expect([stored.imap?.certificate, stored.smtp?.certificate]).toEqual(['peer', 'peer'])
})

test('when it fails later the inbox asks for people, and goes on once it is right again', async () => {
  ca.distrust()
  await mailbox.imap.kick(mailbox.address)
  const asks = async () => (await platform.row(ref)).receive_status === 'action_required'
  await waitFor(asks, { what: 'the inbox to ask for people' })
  expect((await platform.row(ref)).receive_reason).toBe('certificate')
  await expect(platform.temporal.updateInbox(ref, 'reconnect', {})).rejects.toMatchObject({
    cause: { type: 'ActionRequired' },
  })
  ca.trust()
  expect((await platform.temporal.updateInbox(ref, 'reconnect', {})).state).toBe('active')
  expect((await platform.row(ref)).receive_status).toBe('ok')
})
