// One import of a mailbox while its servers and workers are killed at random points and live mail
// keeps coming. The same scenario runs small in the tests and at full size in the chaos run.
import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'kysely'
import { type Random, seededRandom } from '../../scripts/sample-mails/random.ts'
import { sampleMails } from '../../scripts/sample-mails/sample-mails.ts'
import type { Child } from '../../scripts/servers/child-process.ts'
import { startProxy, type TcpProxy } from '../../scripts/servers/tcp-proxy.ts'
import { workflowIds } from '../../temporal/contracts.ts'
import { answeringProxy } from '../protocols/imap/scripted-imap.ts'
import { type Mailbox, startMailbox } from '../support/mail-server.ts'
import { waitFor } from '../support/wait-for.ts'
import { checkImport, retryQuarantined } from './import-check.ts'
import type { InboxRef, World } from './world.ts'

/**
 * `worker` is kill -9; `frozen` stands still until another has taken over, then goes on; `password`
 * is changed at the provider until the inbox is red, then put right by a reconnect; `renumbered` is
 * a folder with another UIDVALIDITY, so that no known UID says anything; `identity` drops every
 * connection and answers logins `[UNAVAILABLE]` until the inbox has noticed.
 */
export type Fault =
  | 'worker'
  | 'frozen'
  | 'postgres'
  | 'temporal'
  | 'dovecot'
  | 'password'
  | 'renumbered'
  | 'identity'

export interface ImportScenario {
  seed: number
  mails: number
  /** Each strikes once at a random point of the import, in this order. */
  faults: Fault[]
  workers?: number
  /** New mails that arrive at random points of it. */
  live?: number
  /** Mails that the server refuses to give until a person has them read again. */
  poison?: number
  /** Of each wait. */
  timeoutMs?: number
}

interface Struck {
  fault: Fault
  /** How many mails were imported when it struck. */
  atMail: number
}

interface Running {
  world: World
  mailbox: Mailbox
  /** Between the worker and the mailbox. */
  proxy: TcpProxy
  ref: InboxRef
  workers: Child[]
  timeoutMs: number
}

/**
 * Answers how the faults met the import.
 * @throws Error with seed, faults, state and log when anything is missing, doubled, wrong or early
 */
export async function importUnderFaults(world: World, scenario: ImportScenario): Promise<Struck[]> {
  const { seed, mails, faults, live = 5, poison = 0, timeoutMs = 60_000 } = scenario
  const random = seededRandom(seed)
  const address = `support-${seed}@shop.test`
  const mailbox = await startMailbox({ address })
  const poisoned = new Set(Array.from({ length: poison }, () => random.between(1, mails)))
  const refusing = await answeringProxy(mailbox.imap.port, (line) =>
    fetches(line, poisoned) ? 'BAD [SERVERBUG] cannot read this message' : undefined,
  )
  // A round trip as to a far provider: without it the import would be over before a fault strikes.
  const proxy = await startProxy({ target: { port: refusing.port }, delayMs: 100 })
  const workers: Child[] = []
  const struck: Struck[] = []
  const logFrom = world.logged.length
  let ref: InboxRef | undefined
  try {
    for (let n = 0; n < (scenario.workers ?? 1); n++) workers.push(await world.startWorker())
    const shape = { count: mails, seed, inbox: address, now: Date.now(), attachmentBytes: 40_000 }
    mailbox.deliverAll(
      [...sampleMails(shape)].map(({ raw, expected }) => ({ raw, internalDate: expected.date })),
    )
    ref = await world.connect(mailbox, proxy.port)
    const running = { world, mailbox, proxy, ref, workers, timeoutMs }
    for (const event of plan(random, mails, faults, live)) {
      const atMail = await progressBeyond(running, event.at)
      if (event.live !== undefined) mailbox.deliver(liveMail(event.live, address))
      else {
        // Anywhere within a page, not only where one has just been stored.
        await sleep(random.between(0, 100))
        struck.push({ fault: event.fault, atMail })
        await strike(running, event.fault)
      }
    }
    const expected = { shape, live, timeoutMs, renumbered: faults.includes('renumbered') }
    await checkImport(world, ref, { ...expected, quarantined: poisoned.size })
    if (poisoned.size > 0) {
      poisoned.clear()
      await retryQuarantined(world, ref, timeoutMs)
      await checkImport(world, ref, { ...expected, quarantined: 0 })
    }
    if (struck.every(({ atMail }) => atMail >= mails)) throw new Error('Every fault came too late')
    return struck
  } catch (error) {
    const log = world.logged.slice(Math.max(logFrom, world.logged.length - 15)).join('\n')
    throw new Error(
      [
        `seed ${seed}: ${(error as Error).message}`,
        `struck: ${JSON.stringify(struck)} of ${faults.join(', ')}`,
        `state: ${JSON.stringify(ref && (await stateOf(world, ref).catch(String)))}`,
        `activities: ${JSON.stringify(ref && (await pendingOf(world, ref).catch(String)))}`,
        log,
      ].join('\n'),
      { cause: error },
    )
  } finally {
    // The next scenario begins without these, whatever has become of this one.
    await Promise.all(workers.map((worker) => worker.stop('SIGKILL')))
    await proxy.stop()
    refusing.close()
    await mailbox.stop()
    await world.db.updateTable('inboxes').set({ paused: true }).execute()
  }
}

/** From a customer of its own, so in a conversation of its own. */
function liveMail(number: number, to: string): string {
  return [
    `From: Customer ${number} <customer-${number}@live.test>`,
    `To: ${to}`,
    `Subject: New question ${number}`,
    `Message-ID: <live-${number}.${to}>`,
    `Date: ${new Date().toUTCString()}`,
    '',
    `Text of new question ${number}.`,
  ].join('\r\n')
}

/** Whether an IMAP command asks for one of these UIDs. */
function fetches(line: string, uids: Set<number>): boolean {
  const [, set = ''] = /UID FETCH ([\d:,]+)/i.exec(line) ?? []
  return set.split(',').some((range) => {
    const [from = 0, to = from] = range.split(':').map(Number)
    return [...uids].some((uid) => uid >= from && uid <= to)
  })
}

type Event = { at: number } & ({ fault: Fault; live?: undefined } | { live: number })

/** Faults early enough to meet the import, live mail at any time of it. */
function plan(random: Random, mails: number, faults: Fault[], live: number): Event[] {
  const within = (share: number) => Math.floor(mails * share * random.next())
  const places = faults.map(() => within(0.6)).sort((a, b) => a - b)
  const events: Event[] = faults.map((fault, index) => ({ at: places[index]!, fault }))
  for (let number = 1; number <= live; number++) events.push({ at: within(0.9), live: number })
  return events.sort((a, b) => a.at - b.at)
}

async function imported({ world, ref }: Running): Promise<number> {
  const { rows } = await sql<{ done: number }>`
    select done from imports where inbox_id = ${ref.inboxId}`.execute(world.db)
  return rows[0]?.done ?? 0
}

/** Resolves with how many mails are imported, once that is more than `least`. */
async function progressBeyond(running: Running, least: number): Promise<number> {
  return waitFor(
    async () => {
      const done = await imported(running)
      return done > least ? done : undefined
    },
    { what: `more than ${least} imported mails`, everyMs: 20, timeoutMs: running.timeoutMs },
  )
}

async function strike(running: Running, fault: Fault): Promise<void> {
  if (fault === 'password') return refusePassword(running)
  if (fault === 'frozen') return freeze(running)
  if (fault === 'identity') return loseIdentities(running)
  const { world, mailbox, proxy, workers } = running
  const striking = {
    postgres: () => world.postgres.restart({ crash: true }),
    temporal: () => world.temporal.restart({ crash: true }),
    dovecot: () => mailbox.imap.restart(),
    renumbered: async () => {
      const uidValidity = Math.floor(Date.now() / 1000) + 1_000_000
      await mailbox.imap.setUidValidity(mailbox.address, uidValidity)
      await mailbox.imap.kick(mailbox.address)
    },
    worker: async () => {
      await workers.shift()!.stop('SIGKILL')
      workers.push(await world.startWorker())
    },
  }[fault]()
  // It has struck; while it is repaired the import must not get to its end without it.
  proxy.stall(true)
  await striking.finally(() => proxy.stall(false))
}

/**
 * Temporal hands retries also to the polls of the frozen worker until these end, within a minute,
 * so this takes as long.
 */
async function freeze(running: Running): Promise<void> {
  const { world, workers } = running
  const victim = workers.shift()!
  workers.push(victim)
  process.kill(victim.pid, 'SIGSTOP')
  if (workers.length === 1) workers.push(await world.startWorker())
  const before = await imported(running)
  await waitFor(
    // An import that ended meanwhile goes no further, whoever has taken over.
    async () => (await imported(running)) > before || (await hasEnded(running)),
    { what: 'an import that another worker goes on with', timeoutMs: running.timeoutMs },
  ).finally(() => process.kill(victim.pid, 'SIGCONT'))
}

async function hasEnded({ world, ref }: Running): Promise<boolean> {
  return (await stateOf(world, ref))?.import === 'completed'
}

async function refusePassword({ world, mailbox, ref, timeoutMs }: Running): Promise<void> {
  await mailbox.changePassword('another secret')
  await waitFor(
    async () => (await stateOf(world, ref))?.receive_status === 'reauthorization_required',
    { what: 'a red inbox', timeoutMs },
  )
  await mailbox.changePassword(mailbox.password)
  await world.verbs.updateInbox(ref, 'reconnect', {})
}

async function loseIdentities({ world, mailbox, ref, timeoutMs }: Running): Promise<void> {
  mailbox.imap.setAuthBroken(true)
  await mailbox.imap.kick(mailbox.address)
  await waitFor(async () => (await stateOf(world, ref))?.receive_status === 'retrying', {
    what: 'an inbox that has noticed',
    timeoutMs,
  }).finally(() => mailbox.imap.setAuthBroken(false))
}

async function stateOf(world: World, { inboxId }: InboxRef) {
  const { rows } = await sql<Record<string, unknown>>`
    select i.phase, i.receive_status, i.held_since, i.paused, m.status as import, m.done, m.total
    from inboxes i left join imports m on m.account_id = i.account_id and m.inbox_id = i.id
    where i.id = ${inboxId}`.execute(world.db)
  return rows[0]
}

/** What Temporal is trying for the inbox, and what became of the last try. */
async function pendingOf({ client }: World, { inboxId }: InboxRef) {
  const ids = [
    workflowIds.inbox(inboxId),
    workflowIds.sync(inboxId),
    workflowIds.import(inboxId, 1),
  ]
  const described = await Promise.all(
    ids.map((id) =>
      client.workflow
        .getHandle(id)
        .describe()
        .then(({ raw }) => raw.pendingActivities ?? [])
        .catch(() => []),
    ),
  )
  return described.flat().map(({ activityType, attempt, lastFailure, lastWorkerIdentity }) => ({
    activity: activityType?.name,
    attempt,
    worker: lastWorkerIdentity,
    failure: lastFailure?.message,
  }))
}
