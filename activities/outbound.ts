// A queued message as its channel sends it: recipients, subject, ancestors and files.

import type { OutboundMessage } from '../channels/channel.ts'
import type { ConversationRef } from '../temporal/contracts.ts'
import type { ActivityDeps } from './deps.ts'
import { attachmentsOf, earlierMessages, type QueuedMessage } from './state/send-queue.ts'

export function createOutbound({ db, storage }: ActivityDeps) {
  async function outboundOf(
    ref: ConversationRef,
    message: QueuedMessage,
    address: string,
  ): Promise<OutboundMessage> {
    const { attributes } = message
    const [earlier, files] = await Promise.all([
      earlierMessages(db, ref, message.id),
      attachmentsOf(db, ref.accountId, message.id),
    ])
    const parent = earlier.find(({ direction }) => direction === 'incoming') ?? earlier[0]
    // People rename a thread by renaming its last mail.
    const subject = attributes.subject ?? earlier[0]?.subject ?? message.subject
    const domain = address.split('@')[1] ?? 'localhost'
    return {
      sourceId: message.sourceId ?? `cloudchat-${ref.accountId}-${message.id}@${domain}`,
      to: attributes.to ?? [message.contact],
      cc: attributes.cc ?? [],
      bcc: attributes.bcc ?? [],
      subject: earlier.length > 0 ? replySubject(subject) : subject,
      text: message.content,
      inReplyTo: parent?.sourceId ?? null,
      references: earlier.map(({ sourceId }) => sourceId),
      attachments: files.map((file) => ({
        fileName: file.file_name,
        contentType: file.content_type,
        open: () => storage.open(file.storage_key!),
      })),
      automatic: attributes.automatic ?? false,
    }
  }

  return { outboundOf }
}

function replySubject(subject: string): string {
  return /^\s*(re|res|fw|fwd|enc)\s*:/i.test(subject) ? subject : `Re: ${subject}`.trim()
}
