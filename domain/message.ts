// What a message is and how its delivery status may move.

export type MessageDirection = 'incoming' | 'outgoing'
/** How a message came to be here. Only `live` and `authored` wake automations. */
export type MessageOrigin = 'history' | 'live' | 'late' | 'authored' | 'echo'
export type ContentType = 'text' | 'buttons' | 'list' | 'form' | 'template'

export type MessageStatus =
  | 'received'
  | 'queued'
  | 'transmitting'
  | 'sent'
  | 'delivered'
  | 'read'
  | 'failed'
  | 'unconfirmed'

/**
 * Which later statuses are news. Provider statuses arrive repeated and out of order, so everything
 * not listed is ignored: a `sent` after `read` never moves a message backwards.
 */
const NEXT: Record<MessageStatus, readonly MessageStatus[]> = {
  received: ['read'],
  queued: ['transmitting', 'sent', 'failed'],
  transmitting: ['queued', 'sent', 'delivered', 'read', 'failed', 'unconfirmed'],
  unconfirmed: ['queued', 'sent', 'delivered', 'read', 'failed'],
  sent: ['delivered', 'read', 'failed'],
  delivered: ['read', 'failed'],
  read: [],
  failed: ['queued'],
}

export function mayBecome(current: MessageStatus, next: MessageStatus): boolean {
  return NEXT[current].includes(next)
}

/** Statuses that `next` may follow, for a guarded UPDATE ... WHERE status = ANY(...). */
export function statusesBefore(next: MessageStatus): MessageStatus[] {
  return (Object.keys(NEXT) as MessageStatus[]).filter((status) => NEXT[status].includes(next))
}

/** Only these may be sent again by a person: what failed, and what may not have gone out. */
export function mayResend(status: MessageStatus): boolean {
  return status === 'failed' || status === 'unconfirmed'
}
