// Statuses of conversations and messages in words.
import { useLingui } from '@lingui/react/macro'
import type { Conversation, Message } from '../api/shapes.ts'

export function useStatusWords(): Record<Conversation['status'], string> {
  const { t } = useLingui()
  return { open: t`Open`, pending: t`Pending`, snoozed: t`Snoozed`, resolved: t`Resolved` }
}

export function usePriorityWords(): Record<NonNullable<Conversation['priority']>, string> {
  const { t } = useLingui()
  return { low: t`Low`, medium: t`Medium`, high: t`High`, urgent: t`Urgent` }
}

export function useDeliveryWords(): Record<Message['status'], string> {
  const { t } = useLingui()
  return {
    received: t`Received`,
    queued: t`Queued`,
    transmitting: t`Being sent`,
    sent: t`Sent`,
    delivered: t`Delivered`,
    read: t`Read`,
    failed: t`Not sent`,
    unconfirmed: t`May have been sent`,
  }
}
