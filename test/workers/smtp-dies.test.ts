// An SMTP server that dies once, at each step of its dialogue: the mail leaves exactly once, or a
// person is told that nobody can know.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type SmtpServer, startSmtp } from '../../scripts/servers/smtp.ts'
import {
  SMTP_STEPS,
  type SmtpStep,
  type StepProxy,
  startStepProxy,
} from '../simulators/smtp-step-proxy.ts'
import { waitFor } from '../support/wait-for.ts'
import { type Platform, startPlatform } from './platform.ts'
import { type Sender, sendingInbox } from './sending-inbox.ts'

type When = 'asked' | 'answered'
interface Case {
  step: SmtpStep
  when: When
}

/** Of the body itself nothing is answered, and nobody knocks. */
const CASES: Case[] = SMTP_STEPS.flatMap((step) => [
  ...(step === 'greeting' ? [] : [{ step, when: 'asked' as const }]),
  ...(step === 'body' ? [] : [{ step, when: 'answered' as const }]),
])

let platform: Platform
const servers: SmtpServer[] = []
const senders = new Map<Case, Sender<StepProxy>>()
const addressOf = ({ step, when }: Case) => `${step}-${when}@shop.test`

beforeAll(async () => {
  const users = Object.fromEntries(CASES.map((one) => [addressOf(one), 'a secret']))
  const [started, plain, secret] = await Promise.all([
    startPlatform(),
    startSmtp({ users }),
    startSmtp({ users, tls: 'starttls' }),
  ])
  platform = started
  servers.push(plain, secret)
  for (const one of CASES) {
    const encryption = one.step === 'starttls' ? 'starttls' : 'none'
    const server = encryption === 'starttls' ? secret : plain
    const proxy = await startStepProxy(server.port)
    const at = { address: addressOf(one), port: proxy.port, encryption } as const
    const sender = await sendingInbox(platform, at, { proxy, server })
    senders.set(one, sender)
  }
  await Promise.all([...senders.values()].map((sender) => sender.active()))
  for (const [one, { proxy }] of senders) proxy.strike({ ...one, by: 'cut' })
  const answers = [...senders].map(([{ step }, sender]) =>
    // More than sockets take at once, so that the body has a middle.
    sender.answer(step === 'body' ? 'x'.repeat(8_000_000) : 'It is on its way.'),
  )
  await Promise.all(answers)
}, 120_000)
afterAll(async () => {
  for (const { proxy } of senders.values()) proxy.close()
  await platform?.stop()
  await Promise.all(servers.map((server) => server.stop()))
})

test.each(CASES)('the server dies when $step is $when', async (one) => {
  const sender = senders.get(one)!
  const settled = await waitFor(() => sender.settled(), { what: 'an end of the message' })
  expect(sender.proxy.struck).toBe(true)
  // Only when the final dot went out can nobody know: whether it was heard, or what was answered.
  const unknown = one.step === 'dot'
  expect(settled.status).toBe(unknown ? 'unconfirmed' : 'sent')
  const left = sender.received().length
  expect(left).toBe(unknown && one.when === 'asked' ? 0 : 1)
  expect(settled.error_code).toBe(unknown ? 'connection_lost' : null)
})
