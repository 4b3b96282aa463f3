// Outbox → wakes. What is committed is relayed: at once by NOTIFY, at the latest by the sweep.

import type { Logger } from 'pino'
import { type Database, listen } from '../db/client.ts'
import { listOverdueConversations } from '../db/due-conversations.ts'
import { listLivingInboxes } from '../db/inboxes.ts'
import { listWaitingRequests } from '../db/privacy-requests.ts'
import { listStrandedConversations, listStrandedWebhooks } from '../db/stranded-work.ts'
import { listStuckSends } from '../db/stuck-sends.ts'
import type { TemporalVerbs } from '../temporal/client.ts'
import { listWaiting, type OutboxTopic, relayOne, type Waiting } from './outbox.ts'

/** NOTIFY is only faster: a lost one costs this long. */
const SWEEP_MS = 30_000
/** A restored backup or an emptied Temporal heals within this. */
const RECONCILE_MS = 10 * 60_000
/** A conversation's own timer is rarely this late. */
const OVERDUE_MS = 60_000
const MOST_OVERDUE = 1_000
/** What was queued this long ago has usually left, or is being tried. */
const STUCK_MS = 5 * 60_000
const MOST_STUCK = 1_000
/** What is to be done outside is tried at once, and for a day. */
const STRANDED_MS = 10 * 60_000
const MOST_STRANDED = 1_000
/** Signals in flight; each holds a connection of the pool meanwhile. */
const PARALLEL = 4
const BATCH = 50

export interface RelayDeps {
  db: Database
  databaseUrl: string
  temporal: TemporalVerbs
  logger: Logger
}

export interface Relay {
  stop(): Promise<void>
}

export async function startRelay(deps: RelayDeps): Promise<Relay> {
  const { db, temporal, logger } = deps
  let stopping = false
  let wanted = false
  let running: Promise<void> | undefined

  /** One sweep at a time; a request during one makes it run once more. */
  function request(): void {
    wanted = true
    running ??= (async () => {
      while (wanted && !stopping) {
        wanted = false
        await sweep().catch((error) =>
          logger.warn({ error: String(error) }, 'The outbox waits: it could not be relayed'),
        )
      }
      running = undefined
    })()
  }

  async function sweep(): Promise<void> {
    // By turns: a backlog of one topic must not hold up the others.
    let topics: readonly OutboxTopic[] = ['inbox', 'send', 'conversation', 'notice', 'webhook']
    while (topics.length > 0 && !stopping) {
      const unfinished: OutboxTopic[] = []
      for (const topic of topics) if (await relaySome(topic)) unfinished.push(topic)
      topics = unfinished
    }
    for (const { account_id, id, kind } of await listWaitingRequests(db, BATCH)) {
      const ref = { accountId: account_id, requestId: id }
      await tried(ref, () => temporal.startPrivacyRequest(ref, kind))
    }
  }

  /** Whether more may be waiting. */
  async function relaySome(topic: OutboxTopic): Promise<boolean> {
    const waiting = await listWaiting(db, topic, BATCH)
    const relayed = await inParallel(waiting, (one) =>
      tried(one, () => relayOne(db, topic, one, (events) => wake(topic, one, events))),
    )
    // What another relay holds would be listed again at once.
    return waiting.length === BATCH && relayed > 0
  }

  function wake(
    topic: OutboxTopic,
    { accountId, inboxId, conversationId }: Waiting,
    events: readonly string[],
  ) {
    if (topic === 'inbox') {
      const stalled = events.some((event) => event === 'stalled' || event === 'missed')
      return temporal.wakeInbox({ accountId, inboxId }, { stalled })
    }
    if (topic === 'notice') return temporal.wakeNotices({ accountId, inboxId })
    const ref = { accountId, conversationId: conversationId! }
    if (topic === 'webhook') return temporal.wakeWebhooks(ref)
    return topic === 'send' ? temporal.wakeSend(ref) : temporal.wakeConversation(ref)
  }

  /** What fails waits for the next sweep, and holds up nothing else. */
  async function tried<T>(
    { accountId, inboxId, conversationId }: Partial<Waiting>,
    work: () => Promise<T>,
  ): Promise<T | undefined> {
    const about = { account_id: accountId, inbox_id: inboxId, conversation_id: conversationId }
    try {
      return await work()
    } catch (error) {
      logger.warn({ ...about, error: String(error) }, 'What was not woken is at the next sweep')
      return undefined
    }
  }

  async function inParallel<T>(
    items: T[],
    run: (item: T) => Promise<boolean | undefined>,
  ): Promise<number> {
    let done = 0
    let next = 0
    const lane = async () => {
      while (next < items.length && !stopping) {
        const item = items[next++]!
        if (await run(item)) done += 1
      }
    }
    await Promise.all(Array.from({ length: PARALLEL }, lane))
    return done
  }

  async function reconcile(): Promise<void> {
    const running = await temporal.runningInboxes()
    for (let afterId = 0; !stopping; ) {
      const inboxes = await listLivingInboxes(db, { afterId, limit: 1000 })
      for (const row of inboxes) {
        if (running.has(row.id)) continue
        const ref = { accountId: row.account_id, inboxId: row.id }
        await tried(ref, () => temporal.startInbox(ref, row.channel))
      }
      if (inboxes.length < 1000) break
      afterId = inboxes.at(-1)!.id
    }
    await temporal.ensureCaretakers()
    const before = new Date(Date.now() - OVERDUE_MS)
    const overdue = await listOverdueConversations(db, { before, limit: MOST_OVERDUE })
    for (const ref of overdue) await tried(ref, () => temporal.wakeConversation(ref))
    const queuedBefore = new Date(Date.now() - STUCK_MS)
    const stuck = await listStuckSends(db, { before: queuedBefore, limit: MOST_STUCK })
    for (const ref of stuck) await tried(ref, () => temporal.wakeSend(ref))
    const stranded = { before: new Date(Date.now() - STRANDED_MS), limit: MOST_STRANDED }
    for (const ref of await listStrandedConversations(db, stranded)) {
      await tried(ref, () => temporal.wakeConversation(ref))
    }
    for (const ref of await listStrandedWebhooks(db, stranded)) {
      await tried(ref, () => temporal.wakeWebhooks(ref))
    }
  }

  const tryReconcile = () =>
    reconcile().catch((error) =>
      logger.warn({ error: String(error) }, 'Missing workflows are started at the next try'),
    )

  const listener = await listen(deps.databaseUrl, 'outbox', request, request)
  const sweeping = setInterval(request, SWEEP_MS)
  const reconciling = setInterval(tryReconcile, RECONCILE_MS)
  void tryReconcile()

  return {
    async stop() {
      stopping = true
      clearInterval(sweeping)
      clearInterval(reconciling)
      await listener.end()
      await running
    },
  }
}
