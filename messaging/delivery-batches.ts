// Deliveries of an inbox are stored one batch at a time: what arrives while a batch is written waits
// and becomes the next. Under load a transaction holds many, at rest one, and nobody waits for a clock.

import type { Database } from '../db/client.ts'
import { isPostgresAway } from '../db/connections.ts'
import { type Delivery, keepFailed, type PushedInbox, storeDeliveries } from './store-deliveries.ts'

/** Deliveries of one transaction: beyond this a batch gains nothing, and a failure costs more. */
const MAX_BATCH = 200

/** Deliveries that could not be stored, and were kept to be read again. */
export type OnlyKept = ReadonlySet<Delivery>

interface Waiting {
  inbox: PushedInbox
  deliveries: readonly Delivery[]
  stored: PromiseWithResolvers<OnlyKept>
}

export interface DeliveryBatches {
  /** Resolves once all of them are durable; rejects when none is. */
  store(inbox: PushedInbox, deliveries: readonly Delivery[]): Promise<OnlyKept>
}

/** @param onFailed hears of a delivery that was only kept, since it could not be stored */
export function createDeliveryBatches(
  db: Database,
  onFailed: (inbox: PushedInbox, error: unknown) => void,
): DeliveryBatches {
  const queues = new Map<number, Waiting[]>()

  return {
    store(inbox, deliveries) {
      const waiting = { inbox, deliveries, stored: Promise.withResolvers<OnlyKept>() }
      const queue = queues.get(inbox.inboxId)
      if (queue) {
        queue.push(waiting)
      } else {
        queues.set(inbox.inboxId, [waiting])
        void drain(inbox.inboxId)
      }
      return waiting.stored.promise
    },
  }

  async function drain(inboxId: number): Promise<void> {
    const queue = queues.get(inboxId)!
    while (queue.length > 0) await storeBatch(takeBatch(queue))
    queues.delete(inboxId)
  }

  async function storeBatch(batch: readonly Waiting[]): Promise<void> {
    try {
      const all = batch.flatMap(({ deliveries }) => deliveries)
      await storeDeliveries(db, batch.at(-1)!.inbox, all)
      for (const { stored } of batch) stored.resolve(new Set())
    } catch (error) {
      if (isPostgresAway(error)) {
        for (const { stored } of batch) stored.reject(error)
        return
      }
      // One that cannot be stored must not take the others with it.
      for (const one of batch) await storeAlone(one)
    }
  }

  async function storeAlone({ inbox, deliveries, stored }: Waiting): Promise<void> {
    try {
      const kept = new Set<Delivery>()
      for (const delivery of deliveries) {
        if (!(await storeOrKeep(inbox, delivery))) kept.add(delivery)
      }
      stored.resolve(kept)
    } catch (error) {
      stored.reject(error)
    }
  }

  /** False: it was only kept. */
  async function storeOrKeep(inbox: PushedInbox, delivery: Delivery): Promise<boolean> {
    try {
      await storeDeliveries(db, inbox, [delivery])
      return true
    } catch (error) {
      if (isPostgresAway(error)) throw error
      onFailed(inbox, error)
      await keepFailed(db, inbox, delivery, error instanceof Error ? error.name : 'unknown')
      return false
    }
  }
}

/** At least one, however much it holds. */
function takeBatch(queue: Waiting[]): Waiting[] {
  let size = 0
  const end = queue.findIndex(({ deliveries }, at) => {
    size += deliveries.length
    return at > 0 && size > MAX_BATCH
  })
  return queue.splice(0, end === -1 ? queue.length : end)
}
