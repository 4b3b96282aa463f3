// What every activity is handed, once, by the composition root.

import type { Logger } from 'pino'
import type { Channels } from '../channels/registry.ts'
import type { Database } from '../db/client.ts'
import type { Vault } from '../db/encryption.ts'
import type { NetPolicy } from '../net/policy.ts'
import type { SystemMailer } from '../protocols/smtp/system-mail.ts'
import type { LinkConfig } from '../storage/file-links.ts'
import type { Storage } from '../storage/storage.ts'

/** Hears NOTIFY `inbox_changed` over one connection for all watchers of the process. */
export interface InboxChanges {
  /** Returns how to stop listening. `changed` is also called when notices may have been missed. */
  subscribe(inboxId: number, changed: () => void): () => void
}

/** Numbers that tests shorten. Their reasons are at the defaults. */
export interface Tuning {
  /** Between a refusal and its confirming login. */
  confirmPasswordMs: number
  /** One stay on a connection before it is opened anew. */
  recycleMs: number
  /** An idle connection is asked for news this often, whatever IDLE says. */
  idleCheckMs: number
  /** Where the server files Sent itself, a send of unknown end is looked up there: how often... */
  lookInSentEveryMs: number
  /** ...and for how long until it counts as not sent. */
  lookInSentForMs: number
  /** The same where the provider lists what it took, by contact, time and words. */
  lookInListForMs: number
  /** Channels that are pushed to are asked this often for what was missed. */
  pullEveryMs: number
  /** One activity's share of an import. */
  importShareMs: number
  /** Mails of one page of history. */
  importPage: number
  /** Bytes of history one inbox may import a day. */
  importDailyBytes: number
  /** How soon pushed history is looked for again while more may come. */
  pushedHistoryEveryMs: number
  /** ClaudIA is asked when no further message has come for this long. */
  claudiaQuietMs: number
  /** She has this long to answer, from the last try to tell her on; then people are asked. */
  claudiaAnswerMs: number
  /** Bytes of the largest attachment that is stored; accounts and inboxes may set less. */
  attachmentLimitBytes: number
  /** Bytes of files that go with a mail, before they are encoded; the others are linked to. */
  mailFilesBytes: number
  /** How long those links open; 0: none are made. */
  fileLinkDays: number
}

export const DEFAULT_TUNING: Tuning = {
  // Sick directories say AUTHENTICATIONFAILED too, and recover within seconds.
  confirmPasswordMs: 60_000,
  // Below the four hours after which NATs and providers tend to cut silent connections.
  recycleMs: 3 * 3_600_000,
  // Also what "three intervals" of the watchdog is measured by.
  idleCheckMs: 5 * 60_000,
  lookInSentEveryMs: 20_000,
  // What RFC 5321 4.5.3.2.6 gives a server to answer the data; Sent is filed no later.
  lookInSentForMs: 10 * 60_000,
  // Twilio lists a message at once; this only spans a hiccup of its own.
  lookInListForMs: 60_000,
  pullEveryMs: 3_600_000,
  importShareMs: 5 * 60_000,
  // Larger ones gain little and hold more memory: three are under way at a time.
  importPage: 500,
  importDailyBytes: 2_000_000_000,
  pushedHistoryEveryMs: 15_000,
  // People press Enter in the middle of a thought.
  claudiaQuietMs: 2_000,
  claudiaAnswerMs: 30_000,
  // Twice what the largest providers let through.
  attachmentLimitBytes: 100_000_000,
  // A mail of 25 MB, which many servers take, is encoded.
  mailFilesBytes: 18_000_000,
  fileLinkDays: 30,
}

export interface ActivityDeps {
  db: Database
  vault: Vault
  storage: Storage
  channels: Channels
  policy: NetPolicy
  changes: InboxChanges
  clock: () => Date
  logger: Logger
  tuning: Tuning
  /** Signs the addresses under which files are opened from outside. */
  links: LinkConfig
  /** The operator's mail relay; without one administrators get no mail. */
  systemMailer?: (SystemMailer & { publicUrl: string }) | undefined
  /** Aborted when this worker begins to stop, long before Temporal cancels what is left. */
  shuttingDown: AbortSignal
}
