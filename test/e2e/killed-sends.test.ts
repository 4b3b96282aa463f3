// A worker killed with a send at every step of the dialogue, and one that takes over: each mail
// leaves exactly once, or a person is told that nobody can know.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type SmtpServer, startSmtp } from '../../scripts/servers/smtp.ts'
import { SMTP_STEPS, type SmtpStep, startStepProxy } from '../simulators/smtp-step-proxy.ts'
import { waitFor } from '../support/wait-for.ts'
import { type Sender, sendOnlyInbox } from '../workers/send-only-inbox.ts'
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
const senders = new Map<Case, Sender>()
const addressOf = ({ step, when }: Case) => `${step}-${when}@shop.test`

beforeAll(async () => {
  const users = Object.fromEntries(CASES.map((one) => [addressOf(one), 'a secret']))
  ;[world, server] = await Promise.all([startWorld(), startSmtp({ users })])
  const victim = await world.startWorker()
  for (const one of CASES) {
    const proxy = await startStepProxy(server.port)
    const at = { address: addressOf(one), port: proxy.port, encryption: 'none' } as const
    senders.set(one, await sendOnlyInbox(world, at, { proxy, server }))
  }
  const all = [...senders.values()]
  await Promise.all(all.map((sender) => sender.active()))
  for (const [one, { proxy }] of senders) proxy.strike({ ...one, by: 'hold' })
  const answers = [...senders].map(([{ step }, sender]) =>
    // More than sockets take at once, so that the body has a middle.
    sender.answer(step === 'body' ? 'x'.repeat(8_000_000) : 'It is on its way.'),
  )
  await Promise.all(answers)
  await waitFor(() => all.every(({ proxy }) => proxy.struck), { what: 'a send at every step' })
  await victim.stop('SIGKILL')
  await world.startWorker()
}, 180_000)
afterAll(async () => {
  for (const { proxy } of senders.values()) proxy.close()
  await world?.stop()
  await server?.stop()
})

test.each(CASES)('the worker is killed when $step is $when', async (one) => {
  const { step, when } = one
  const sender = senders.get(one)!
  const settled = await waitFor(() => sender.settled(), { what: 'an end of the message' })
  // Once the server had said 354 the attempt was on record, and nothing tells how far it came.
  const unknown = step === 'body' || step === 'dot'
  expect(settled).toEqual(
    unknown
      ? { status: 'unconfirmed', error_code: 'worker_lost' }
      : { status: 'sent', error_code: null },
  )
  const arrived = !unknown || (step === 'dot' && when === 'answered')
  expect(sender.received()).toHaveLength(arrived ? 1 : 0)
})
