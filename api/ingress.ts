// From a request that was proved to durable events: checked to be for this inbox, stored, counted.
// Who has to prove what is the route's.
import type { DeliveredEvent } from '../channels/webhook.ts'
import type { PushedInboxRow } from '../db/pushed-inboxes.ts'
import type { ChannelType } from '../domain/inbox.ts'
import { channelKeyOf } from '../messaging/create-inbox.ts'
import { createDeliveryBatches } from '../messaging/delivery-batches.ts'
import type { Deps } from './context.ts'

export type AddressedInbox = Omit<PushedInboxRow, 'credentials'>
type Outcome = DeliveredEvent['event']['kind'] | 'failed' | 'refused' | 'limited'
export type CountDelivery = (channel: ChannelType, outcome: Outcome) => void

export interface Ingress {
  /**
   * Resolves when all is stored: only then may the provider hear that it was accepted.
   * @throws what the database threw; nothing of the request is stored then
   */
  accept(
    channel: ChannelType,
    inbox: AddressedInbox,
    events: readonly DeliveredEvent[],
    receivedAt: Date,
  ): Promise<void>
}

export function createIngress({ db, clock, logger }: Deps, count: CountDelivery): Ingress {
  const batches = createDeliveryBatches(db, ({ accountId, inboxId }, error) => {
    const { name, message } = error as Error
    logger.error(
      { account_id: accountId, inbox_id: inboxId, error: { name, message } },
      'A delivery was kept but could not be stored',
    )
  })
  return {
    async accept(channel, inbox, events, receivedAt) {
      const deliveries = events.map((one) => ({ ...forInbox(channel, inbox, one), receivedAt }))
      const kept = await batches.store({ ...inbox, now: clock() }, deliveries)
      for (const delivery of deliveries) {
        count(channel, kept.has(delivery) ? 'failed' : delivery.event.kind)
      }
    },
  }
}

/** A signature proves who sent it, not for whom: several inboxes may share a provider's account. */
export function forInbox(
  channel: ChannelType,
  { channelKey, providerIds }: Pick<AddressedInbox, 'channelKey' | 'providerIds'>,
  one: DeliveredEvent,
): DeliveredEvent {
  const { address } = one
  if (channelKeyOf(channel, address) === channelKey || providerIds.includes(address)) return one
  return { ...one, event: { kind: 'unknown', what: 'other_address' } }
}
