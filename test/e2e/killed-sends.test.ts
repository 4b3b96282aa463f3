// A worker killed with a send at every step of the dialogue, and one that takes over: each mail
// leaves exactly once, or a person is told that nobody can know.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type SmtpServer, startSmtp } from '../../scripts/servers/smtp.ts'
import {
  SMTP_STEPS,
  type SmtpStep,
  type StepProxy,
  startStepProxy,
} from '../simulators/smtp-step-proxy.ts'
import { type Mailbox, startMailbox } from '../support/mail-server.ts'
import { waitFor } from '../support/wait-for.ts'
import { type Sender, sendingInbox } from '../workers/sending-inbox.ts'
import { startWorld, type World } from './world.ts'

interface Case {
  step: SmtpStep
  when: 'asked' | 'answered'
}

/** STARTTLS hides what follows it, and a body is not answered. */
const CASES: Case[] = SMTP_STEPS.filter((step) => step !== 'starttls').flatMap((step) => [
  ...(step === 'greeting' ? [] : [{ step, when: 'asked' as const }]),
  ...(step === 'body' ? [] : [{ step, when: 'answered' as const }]),
])

let world: World
let server: SmtpServer
/** Whose server puts what it sends into Sent, and the sender that was held up when it had. */
let mailbox: Mailbox
let filed: Sender<StepProxy>
const senders = new Map<Case, Sender<StepProxy>>()
const addressOf = ({ step, when }: Case) => `${step}-${when}@shop.test`

beforeAll(async () => {
  const users = Object.fromEntries(CASES.map((one) => [addressOf(one), 'a secret']))
  ;[world, server, mailbox] = await Promise.all([
    startWorld(),
    startSmtp({ users }),
    startMailbox({ smtp: { filesSent: true } }),
  ])
  const victim = await world.startWorker()
  for (const one of CASES) {
    const proxy = await startStepProxy(server.port)
    const at = { address: addressOf(one), port: proxy.port, encryption: 'none' } as const
    senders.set(one, await sendingInbox(world, at, { proxy, server }))
  }
  const proxy = await startStepProxy(mailbox.smtp.port)
  const { address, imap, smtp } = mailbox
  const ports = { port: proxy.port, imapPort: imap.port, filesSent: true }
  filed = await sendingInbox(
    world,
    { address, ...ports, encryption: 'none' },
    { proxy, server: smtp },
  )
  const all = [...senders.values(), filed]
  await Promise.all(all.map((sender) => sender.active()))
  for (const [one, { proxy }] of senders) proxy.strike({ ...one, by: 'hold' })
  proxy.strike({ step: 'dot', when: 'answered', by: 'hold' })
  const answers = [...senders].map(([{ step }, sender]) =>
    // More than sockets take at once, so that the body has a middle.
    sender.answer(step === 'body' ? 'x'.repeat(8_000_000) : 'It is on its way.'),
  )
  await Promise.all([...answers, filed.answer('It is on its way.')])
  await waitFor(() => all.every(({ proxy }) => proxy.struck), { what: 'a send at every step' })
  await victim.stop('SIGKILL')
  await world.startWorker()
}, 180_000)
afterAll(async () => {
  for (const sender of [...senders.values(), filed]) sender?.proxy.close()
  await world?.stop()
  await Promise.all([server?.stop(), mailbox?.stop()])
})

test.each(CASES)('the worker is killed when $step is $when', async (one) => {
  const { step, when } = one
  const sender = senders.get(one)!
  const settled = await waitFor(() => sender.settled(), { what: 'an end of the message' })
  const sent = { status: 'sent', error_code: null }
  // Once the server had said 354 the attempt was on record, and nothing tells how far it came.
  const unknown = { status: 'unconfirmed', error_code: 'worker_lost' }
  if (step === 'body' || step === 'dot') expect(settled).toEqual(unknown)
  // The last reply was heard; whether it was on record in time is the kill's choice.
  else if (step === 'quit') expect([sent, unknown]).toContainEqual(settled)
  else expect(settled).toEqual(sent)
  const lost = step === 'body' || (step === 'dot' && when === 'asked')
  expect(sender.received()).toHaveLength(lost ? 0 : 1)
})

test('where the server files Sent, the next worker finds there that the mail had left', async () => {
  const settled = await waitFor(() => filed.settled(), { what: 'an end of the message' })
  expect(settled).toEqual({ status: 'sent', error_code: null })
  expect(filed.received()).toHaveLength(1)
})
