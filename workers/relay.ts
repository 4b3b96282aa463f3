// Outbox → wakes. What is committed is relayed: at once by NOTIFY, at the latest by the sweep.

import type { Logger } from 'pino'
import { type Database, listen } from '../db/client.ts'
import { listOverdueConversations } from '../db/due-conversations.ts'
import { listLivingInboxes } from '../db/inboxes.ts'
import { listWaitingRequests } from '../db/privacy-requests.ts'
import { listStrandedConversations, listStrandedWebhooks } from '../db/stranded-work.ts'
import { listStuckSends } from '../db/stuck-sends.ts'
import { TemporalUnavailable, type TemporalVerbs } from '../temporal/client.ts'
import {
  listWaiting,
  type OutboxTopic,
  relayAll,
  type Taken,
  type Waiting,
} from './waiting-wakes.ts'

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
/** Signals in flight. */
const PARALLEL = 16
/** Of one transaction, which stays open until they are sent. */
const BATCH = 200

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

  /** Whether more may be waiting. @throws TemporalUnavailable */
  async function relaySome(topic: OutboxTopic): Promise<boolean> {
    const waiting = await listWaiting(db, topic, BATCH)
    let away: unknown
    const relayed = await relayAll(db, topic, waiting, async (taken) => {
      const woken: Taken[] = []
      const wakeOne = async (one: Taken) => {
        await wake(topic, one)
        woken.push(one)
      }
      // Those that were woken before are not woken again.
      away = await inParallel(taken, (one) => tried(one, () => wakeOne(one)))
      return woken
    })
    if (away) throw away
    // What another relay holds would be listed again at once.
    return waiting.length === BATCH && relayed > 0
  }

  function wake(
    topic: OutboxTopic,
    { accountId, inboxId, conversationId, events }: Taken,
  ): Promise<void> {
    if (topic === 'inbox') {
      const stalled = events.some((event) => event === 'stalled' || event === 'missed')
      return temporal.wakeInbox({ accountId, inboxId }, { stalled })
    }
    if (topic === 'notice') return temporal.wakeNotices({ accountId, inboxId })
    const ref = { accountId, conversationId: conversationId! }
    if (topic === 'webhook') return temporal.wakeWebhooks(ref)
    return topic === 'send' ? temporal.wakeSend(ref) : temporal.wakeConversation(ref)
  }

  /**
   * What fails waits for the next sweep, and holds up nothing else.
   * @throws TemporalUnavailable: then nothing can be woken
   */
  async function tried(
    { accountId, inboxId, conversationId }: Partial<Waiting>,
    work: () => Promise<void>,
  ): Promise<void> {
    const about = { account_id: accountId, inbox_id: inboxId, conversation_id: conversationId }
    try {
      await work()
    } catch (error) {
      if (error instanceof TemporalUnavailable) throw error
      logger.warn({ ...about, error: String(error) }, 'What was not woken is at the next sweep')
    }
  }

  /** Until one fails: what it threw, once none runs any more. */
  async function inParallel<T>(
    items: readonly T[],
    run: (item: T) => Promise<void>,
  ): Promise<unknown> {
    let next = 0
    let failure: unknown
    const lane = async () => {
      while (next < items.length && !stopping && failure === undefined) {
        await run(items[next++]!).catch((error) => {
          failure = error
        })
      }
    }
    await Promise.all(Array.from({ length: PARALLEL }, lane))
    return failure
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
