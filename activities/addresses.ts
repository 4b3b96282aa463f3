// Addresses of ours that providers call.

import { webhookPath } from '../channels/pushed.ts'
import type { ChannelType } from '../domain/inbox.ts'
import { fileUrl } from '../storage/file-links.ts'
import type { ActivityDeps } from './deps.ts'

/** Twilio and Meta fetch a file within seconds; this spans their retries. */
const FILE_LIFETIME_MS = 15 * 60_000

export function createAddresses({ links, clock }: Pick<ActivityDeps, 'links' | 'clock'>) {
  return {
    /** Where webhooks of an inbox go. */
    webhook: (channel: ChannelType, inboxId: number) =>
      `${links.publicUrl}${webhookPath(channel, inboxId)}`,
    /** Opens an attachment for a quarter of an hour. */
    attachment: (accountId: number, id: number) =>
      fileUrl(
        links,
        accountId,
        `attachments/${id}`,
        new Date(clock().getTime() + FILE_LIFETIME_MS),
      ),
  }
}
