// What a conversation is.

export type ConversationStatus = 'open' | 'pending' | 'resolved' | 'snoozed'

/** Imported conversations are born resolved when nothing happened for this many days. */
export const DEFAULT_ARCHIVE_AFTER_DAYS = 7

export function importedStatus(
  lastMessageAt: Date,
  now: Date,
  archiveAfterDays: number,
): ConversationStatus {
  const age = now.getTime() - lastMessageAt.getTime()
  return age > archiveAfterDays * 86_400_000 ? 'resolved' : 'open'
}
