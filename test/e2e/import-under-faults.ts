// One import of a mailbox while its servers and workers are killed at random points and live mail
// keeps coming. The same scenario runs small in the tests and at full size in the chaos run.
import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'kysely'
import { type Random, seededRandom } from '../../scripts/sample-mails/random.ts'
import { sampleMails } from '../../scripts/sample-mails/sample-mails.ts'
import type { Child } from '../../scripts/servers/child-process.ts'
import { startProxy } from '../../scripts/servers/tcp-proxy.ts'
import { startMailbox } from '../support/mail-server.ts'
import { waitFor } from '../support/wait-for.ts'
import { checkImport } from './import-check.ts'
import type { InboxRef, World } from './world.ts'

/** `worker` is kill -9; `frozen` stands still until another has taken over, then goes on. */
export type Fault = 'worker' | 'frozen' | 'postgres' | 'temporal' | 'dovecot'

export interface ImportScenario {
  seed: number
  mails: number
  /** Each strikes once at a random point of the import, in this order. */
  faults: Fault[]
  workers?: number
  /** New mails that arrive at random points of it. */
  live?: number
  timeoutMs?: number
}

/** Throws with the seed when anything is missing, doubled, wrong or too early. */
export async function importUnderFaults(world: World, scenario: ImportScenario): Promise<void> {
  const { seed, mails, faults, live = 5, timeoutMs = 60_000 } = scenario
  const random = seededRandom(seed)
  const address = `support-${seed}@shop.test`
  const mailbox = await startMailbox({ address })
  // A round trip like a provider's: without it the import would be over before a fault could strike.
  const proxy = await startProxy({ target: { port: mailbox.imap.port }, delayMs: 50 })
  const workers = await startWorkers(world, scenario.workers ?? 1)
  try {
    const shape = { count: mails, seed, inbox: address, now: Date.now(), attachmentBytes: 40_000 }
    mailbox.deliverAll(
      [...sampleMails(shape)].map(({ raw, expected }) => ({ raw, internalDate: expected.date })),
    )
    const ref = await world.connect(mailbox, proxy.port)
    const strike = strikeOf(world, mailbox, ref, workers, timeoutMs)
    const struck: { fault: string; atMail: number }[] = []
    for (const event of plan(random, mails, faults, live)) {
      const atMail = await progressBeyond(world, ref, event.at, timeoutMs)
      await sleep(random.between(0, 150))
      if (event.live !== undefined) mailbox.deliver(liveMail(event.live, address))
      else struck.push({ fault: event.fault, atMail })
      if (event.live === undefined) await strike(event.fault)
    }
    await checkImport(world, ref, { shape, live, timeoutMs })
    const late = struck.filter(({ atMail }) => atMail >= mails)
    if (late.length > 0) throw new Error(`The import was over before ${JSON.stringify(late)}`)
  } catch (error) {
    throw new Error(`seed ${seed}, faults ${faults.join(', ')}: ${(error as Error).message}`, {
      cause: error,
    })
  } finally {
    await Promise.all(workers.map((worker) => worker.stop('SIGKILL')))
    await proxy.stop()
    await mailbox.stop()
    // The next scenario's workers need not look after this inbox.
    await world.db.updateTable('inboxes').set({ paused: true }).execute()
  }
}

export const liveSubject = (number: number) => `New question ${number}`

/** From a customer of its own, so in a conversation of its own. */
export function liveMail(number: number, to: string): string {
  return [
    `From: Customer ${number} <customer-${number}@live.test>`,
    `To: ${to}`,
    `Subject: ${liveSubject(number)}`,
    `Message-ID: <live-${number}.${to}>`,
    `Date: ${new Date().toUTCString()}`,
    '',
    `Text of new question ${number}.`,
  ].join('\r\n')
}

type Event = { at: number } & ({ fault: Fault; live?: undefined } | { live: number })

/** Faults spread over the first nine tenths; what is live anywhere between them. */
function plan(random: Random, mails: number, faults: Fault[], live: number): Event[] {
  const somewhere = () => Math.floor(mails * 0.9 * random.next())
  const places = faults.map(somewhere).sort((a, b) => a - b)
  const events: Event[] = faults.map((fault, index) => ({ at: places[index]!, fault }))
  for (let number = 1; number <= live; number++) events.push({ at: somewhere(), live: number })
  return events.sort((a, b) => a.at - b.at)
}

async function startWorkers(world: World, count: number): Promise<Child[]> {
  return Promise.all(Array.from({ length: count }, () => world.startWorker()))
}

async function imported(world: World, { inboxId }: InboxRef): Promise<number> {
  const { rows } = await sql<{ done: number }>`
    select done from imports where inbox_id = ${inboxId}`.execute(world.db)
  return rows[0]?.done ?? 0
}

/** Resolves with how many mails are imported, once that is more than `least`. */
async function progressBeyond(world: World, ref: InboxRef, least: number, timeoutMs: number) {
  return waitFor(
    async () => {
      const done = await imported(world, ref)
      return done > least ? done : undefined
    },
    { what: `more than ${least} imported mails`, everyMs: 20, timeoutMs },
  )
}

function strikeOf(
  world: World,
  mailbox: Awaited<ReturnType<typeof startMailbox>>,
  ref: InboxRef,
  workers: Child[],
  timeoutMs: number,
): (fault: Fault) => Promise<void> {
  return async (fault) => {
    if (fault === 'postgres') return world.postgres.restart({ crash: true })
    if (fault === 'temporal') return world.temporal.restart({ crash: true })
    if (fault === 'dovecot') return mailbox.imap.restart()
    const victim = workers.shift()!
    if (fault === 'worker') {
      await victim.stop('SIGKILL')
      workers.push(await world.startWorker())
      return
    }
    process.kill(victim.pid, 'SIGSTOP')
    workers.push(victim)
    if (workers.length === 1) workers.push(await world.startWorker())
    const before = await imported(world, ref)
    await progressBeyond(world, ref, before, timeoutMs).finally(() =>
      process.kill(victim.pid, 'SIGCONT'),
    )
  }
}
