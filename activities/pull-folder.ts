// Pulling what is new in one folder, page by page, each stored together with the cursor behind it.

import type { InboundMessage } from '../channels/channel.ts'
import type { Mailbox } from '../channels/mail/mailbox.ts'
import type { LiveCursor } from '../channels/mail/receive.ts'
import type { HeldCursor, LivePosition } from '../db/channel-cursors.ts'
import { type Arrival, classifyArrival } from '../domain/arrival.ts'
import { forgetOldNumbers } from '../messaging/quarantine-mails.ts'
import { storeInbound } from '../messaging/store-inbound.ts'
import type { InboxRef } from '../temporal/contracts.ts'
import type { ActivityDeps } from './deps.ts'

/** Mails of one page: small enough that the first of a burst is seen within a second. */
const PAGE = 50

export function createFolderPull(deps: ActivityDeps) {
  const { db, clock } = deps

  /**
   * Pulls until nothing new waits; returns how many mails came. `lastGoodSyncAt` as the row says
   * when the cycle begins.
   */
  async function pullAll(
    ref: InboxRef,
    mailbox: Mailbox,
    held: HeldCursor,
    lastGoodSyncAt: Date | null,
  ): Promise<number> {
    let cursor = startOf(held)
    const { uidValidity } = mailbox.status()
    if (cursor && cursor.uidValidity !== String(uidValidity)) {
      await forgetOldNumbers(db, ref, { folder: mailbox.folder, uidValidity })
    }
    let stored = 0
    for (let more = true; more; ) {
      const page = await pullOrRescan(mailbox, cursor)
      await storeInbound(
        db,
        {
          ...ref,
          folder: mailbox.folder,
          fence: held.fence,
          nextCursor: page.cursor,
          now: clock(),
          storage: deps.storage,
          arrivalOf: arrivalIn(mailbox, held, lastGoodSyncAt),
        },
        page,
      )
      cursor = page.cursor
      held.cursor = page.cursor
      stored += page.messages.length + page.poison.length
      more = page.next !== undefined
    }
    return stored
  }

  return { pullAll }
}

/** History, live or late: what a mail of this folder is. */
export function arrivalIn(mailbox: Mailbox, held: HeldCursor, lastGoodSyncAt: Date | null) {
  return (mail: InboundMessage): Arrival =>
    classifyArrival({
      uidValidity: mail.location?.uidValidity ?? mailbox.status().uidValidity,
      uid: mail.location?.uid ?? 0,
      deliveredAt: mail.deliveredAt,
      watermark: held.watermark ?? mailbox.status(),
      importStartedAt: held.startedAt,
      lastGoodSyncAt,
    })
}

/** Where live begins: the stored cursor, else the watermark, so that no mail in between is lost. */
export function startOf(held: LivePosition): LiveCursor | undefined {
  if (held.cursor) return held.cursor as LiveCursor
  if (!held.watermark) return undefined
  const { uidValidity, uidNext } = held.watermark
  return { uidValidity: String(uidValidity), nextUid: uidNext }
}

/** A renumbered folder is read from its start; what is known already is not stored twice. */
async function pullOrRescan(mailbox: Mailbox, cursor: LiveCursor | undefined) {
  return mailbox.pullLive(cursor, { limit: PAGE, rescan: true })
}
