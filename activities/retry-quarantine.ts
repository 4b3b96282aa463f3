// Reading again what could not be understood before; it stays visible until it is stored.

import type { Mailbox } from '../channels/email/index.ts'
import type { HeldCursor } from '../db/channel-cursors.ts'
import { storeInbound } from '../messaging/store-inbound.ts'
import type { InboxRef } from '../temporal/contracts.ts'
import type { ActivityDeps } from './deps.ts'
import { arrivalIn, createFolderPull } from './pull-folder.ts'
import { listRetrying, settleRetry } from './state/quarantine.ts'
import { readSyncState } from './state/sync-state.ts'

export function createQuarantineRetry(deps: ActivityDeps) {
  const { db, clock } = deps
  const { tellOfFiles } = createFolderPull(deps)

  /** The cursor does not move: these mails lie behind it. */
  async function retryQuarantine(ref: InboxRef, mailbox: Mailbox, held: HeldCursor): Promise<void> {
    const waiting = await listRetrying(db, ref, mailbox.folder)
    if (waiting.length === 0) return
    const lastGoodSyncAt = (await readSyncState(db, ref))?.lastGoodSyncAt ?? null
    const uidValidity = String(mailbox.status().uidValidity)
    for (const { id, uid, uidvalidity, arrival } of waiting) {
      let stored = false
      if (String(uidvalidity) === uidValidity) {
        const page = await mailbox.pullLive({ uidValidity, nextUid: uid }, { limit: 1 })
        // The next higher mail answers for one that is gone.
        const messages = page.messages.filter(({ location }) => location?.uid === uid)
        const poison = page.poison.filter(({ location }) => location.uid === uid)
        await storeInbound(
          db,
          {
            ...ref,
            folder: mailbox.folder,
            now: clock(),
            storage: deps.storage,
            arrivalOf: (mail) =>
              arrival === 'history' ? 'history' : arrivalIn(mailbox, held, lastGoodSyncAt)(mail),
          },
          { messages, poison },
        )
        stored = messages.length > 0
      }
      await settleRetry(db, ref.accountId, id, stored ? 'stored' : 'waiting', clock())
    }
    await tellOfFiles(ref)
  }

  return { retryQuarantine }
}
