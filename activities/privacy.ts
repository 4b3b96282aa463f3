// The contact's right to have what is known of them, and to be forgotten.

import { randomUUID } from 'node:crypto'
import { inTransaction } from '../db/client.ts'
import { beginRequest, countFurther, endRequest } from '../db/privacy-requests.ts'
import { claimObjects, countUnused } from '../db/stored-objects.ts'
import { daysAfter, KEPT_DAYS } from '../domain/retention.ts'
import { eraseContactBatch, forgetContact, MessageUnderWay } from '../messaging/erase-contact.ts'
import { exportContact } from '../messaging/export-contact.ts'
import { sweepFiles } from '../messaging/sweep-files.ts'
import type { PrivacyRef } from '../temporal/contracts.ts'
import type { ActivityDeps } from './deps.ts'
import { again } from './failures.ts'
import { withHeartbeat } from './heartbeat.ts'
import { HAND_OVER_MS } from './sync-outcome.ts'

/** The reply to a message that is going out is rarely slower; the longest is ten minutes. */
const UNDER_WAY_MS = 10_000

export function createPrivacyActivities(deps: ActivityDeps) {
  const { db, storage, clock } = deps

  return {
    privacy: {
      /**
       * Deletes every row; may be repeated. Returns how many files of the account nothing refers to
       * are left: those noted within the last hour might still be about to be used.
       */
      eraseContact: (ref: PrivacyRef): Promise<number> =>
        withHeartbeat(async ({ cancellationSignal }) => {
          const leaving = AbortSignal.any([cancellationSignal, deps.shuttingDown])
          const request = await beginRequest(db, ref)
          if (!request) return 0
          const { accountId } = ref
          const contact = { accountId, contactId: request.contact_id }
          await forgetContact(db, contact, clock())
          for (let done = false; !done; ) {
            if (leaving.aborted) throw again('This worker lets go of the erasure', HAND_OVER_MS)
            done = await inTransaction(db, async (trx) => {
              const { done: nothingLeft, ...counts } = await eraseContactBatch(trx, contact)
              await countFurther(trx, ref, counts)
              return nothingLeft
            }).catch((error) => {
              if (!(error instanceof MessageUnderWay)) throw error
              throw again('A message of the contact is under way', UNDER_WAY_MS)
            })
          }
          await sweepFiles(db, storage, { accountId })
          return countUnused(db, accountId)
        }),

      /** The bytes too are gone. @throws StorageUnavailable */
      finishErasure: (ref: PrivacyRef): Promise<void> =>
        withHeartbeat(async () => {
          await sweepFiles(db, storage, { accountId: ref.accountId })
          await endRequest(db, ref, { status: 'done' }, clock())
        }),

      /** Writes the zip. A repeat begins anew; what the last try left is swept. */
      exportContact: (ref: PrivacyRef): Promise<void> =>
        withHeartbeat(async () => {
          const request = await beginRequest(db, ref)
          if (!request) return
          const { accountId } = ref
          const contact = { accountId, contactId: request.contact_id }
          const made = await exportContact(db, storage, contact)
          if (!made) {
            const end = { status: 'failed' as const, reason: 'contact_gone' }
            return endRequest(db, ref, end, clock())
          }
          const storageKey = `${accountId}/exports/${randomUUID()}`
          await claimObjects(db, accountId, [storageKey])
          const bytes = await storage.put(storageKey, made.content)
          const now = clock()
          const expiresAt = daysAfter(now, KEPT_DAYS.exports)
          await inTransaction(db, async (trx) => {
            await countFurther(trx, ref, { ...made.counts, bytes })
            await endRequest(trx, ref, { status: 'done', storageKey, expiresAt }, now)
          })
        }),
    },
  }
}
