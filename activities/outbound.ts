// A written message as its channel sends it: recipients, subject, ancestors and files.

import type { OutboundMessage } from '../channels/channel.ts'
import { findAccount } from '../db/accounts.ts'
import { linkedFilesText } from '../locales/linked-files.ts'
import { fileUrl } from '../storage/file-links.ts'
import type { ConversationRef } from '../temporal/contracts.ts'
import type { ActivityDeps } from './deps.ts'
import { attachmentsOf, earlierMessages, type WrittenMessage } from './state/written-messages.ts'

type File = Awaited<ReturnType<typeof attachmentsOf>>[number]

export function createOutbound({ db, storage, links, clock, tuning }: ActivityDeps) {
  /**
   * Of its files at most `mailBytes` go with it, the small ones first; the others are linked to.
   * `composedAt`: as it was composed then; now when absent.
   */
  async function outboundOf(
    ref: ConversationRef,
    message: WrittenMessage,
    address: string,
    { mailBytes, composedAt }: { mailBytes: number; composedAt?: Date },
  ): Promise<OutboundMessage & { date: Date }> {
    const { attributes } = message
    const date = composedAt ?? clock()
    const [earlier, files] = await Promise.all([
      earlierMessages(db, ref, message.id, composedAt),
      attachmentsOf(db, ref.accountId, message.id),
    ])
    const parent = earlier.find(({ direction }) => direction === 'incoming') ?? earlier[0]
    // People rename a thread by renaming its last mail.
    const subject = attributes.subject ?? earlier[0]?.subject ?? message.subject
    const { inside, outside } = divided(files, tuning.fileLinkDays > 0 ? mailBytes : Infinity)
    const domain = address.split('@')[1] ?? 'localhost'
    return {
      sourceId: message.sourceId ?? `cloudchat-${ref.accountId}-${message.id}@${domain}`,
      to: attributes.to ?? [message.contact],
      cc: attributes.cc ?? [],
      bcc: attributes.bcc ?? [],
      subject: earlier.length > 0 ? replySubject(subject) : subject,
      text: [message.content, await linksTo(ref, outside, date)].filter(Boolean).join('\n\n'),
      inReplyTo: parent?.sourceId ?? null,
      references: earlier.map(({ sourceId }) => sourceId),
      attachments: inside.map((file) => ({
        fileName: file.file_name,
        contentType: file.content_type,
        open: () => storage.open(file.storage_key!),
      })),
      automatic: attributes.automatic ?? false,
      date,
    }
  }

  async function linksTo(
    { accountId }: ConversationRef,
    files: readonly File[],
    from: Date,
  ): Promise<string> {
    if (files.length === 0) return ''
    const account = (await findAccount(db, accountId))!
    const until = new Date(from.getTime() + tuning.fileLinkDays * 86_400_000)
    const linked = files.map(({ id, file_name, size }) => ({
      fileName: file_name,
      size,
      url: fileUrl(links, accountId, `attachments/${id}`, until),
    }))
    return linkedFilesText(linked, until, account)
  }

  return { outboundOf }
}

/** Both in the order of the message. */
function divided(files: readonly File[], mailBytes: number) {
  let left = mailBytes
  const inside = new Set<File>()
  for (const file of [...files].sort((a, b) => a.size - b.size)) {
    left -= file.size
    if (left >= 0) inside.add(file)
  }
  return {
    inside: files.filter((file) => inside.has(file)),
    outside: files.filter((file) => !inside.has(file)),
  }
}

function replySubject(subject: string): string {
  return /^\s*(re|res|fw|fwd|enc)\s*:/i.test(subject) ? subject : `Re: ${subject}`.trim()
}
