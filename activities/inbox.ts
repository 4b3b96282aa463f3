// The rows behind an inbox's commands. Only the entity calls these, so state has one writer.

import { inTransaction } from '../db/client.ts'
import { deleteCredentials } from '../db/credentials.ts'
import { endWatch } from '../db/inboxes.ts'
import { askInbox } from '../db/outbox.ts'
import { addToTimeline } from '../db/timeline.ts'
import { eraseInbox } from '../messaging/erase-inbox.ts'
import { releaseHold } from '../messaging/hold.ts'
import { joinDefaultRules } from '../messaging/join-default-rules.ts'
import { recordHealth } from '../messaging/record-health.ts'
import { releaseQueuedSends } from '../messaging/wake-queued-sends.ts'
import type { Asked, ImportInput, InboxRef, InboxView, Trouble } from '../temporal/contracts.ts'
import { inboxNotFound } from './connect.ts'
import type { ActivityDeps } from './deps.ts'
import {
  markStalled,
  notifyInboxChanged,
  readInboxView,
  writeImportStatus,
  writePaused,
  writePhase,
} from './state/inbox-state.ts'

export function createInboxActivities(deps: ActivityDeps) {
  const { db, storage, channels, clock, tuning } = deps

  async function loadInbox(ref: InboxRef): Promise<InboxView> {
    const view = await readInboxView(deps, ref)
    if (!view) throw inboxNotFound()
    return view
  }

  /** From here on nothing calls the provider for the inbox, and nothing that it pushes is taken. */
  async function closeInbox(input: InboxRef & Asked): Promise<InboxView> {
    const moved = await writePhase(db, input, ['connecting', 'importing', 'active'], 'disconnected')
    if (moved) await addToTimeline(db, input, 'disconnected', {}, input.actorUserId)
    await notifyInboxChanged(db, input)
    return loadInbox(input)
  }

  async function forgetInbox(input: InboxRef & { purge: boolean }): Promise<void> {
    await deleteCredentials(db, input.accountId, input.inboxId)
    if (input.purge) await eraseInbox(db, storage, input)
  }

  return {
    rows: {
      loadInbox,

      async pauseInbox(ref: InboxRef & Asked): Promise<InboxView> {
        await writePaused(db, ref, true, ref.actorUserId)
        await notifyInboxChanged(db, ref)
        return loadInbox(ref)
      },

      async resumeInbox(ref: InboxRef & Asked): Promise<InboxView> {
        await writePaused(db, ref, false, ref.actorUserId)
        await releaseQueuedSends(db, ref, clock())
        await notifyInboxChanged(db, ref)
        return loadInbox(ref)
      },

      /** Whoever watches the mailbox opens it anew and pulls at once. */
      async requestSync(ref: InboxRef): Promise<void> {
        await endWatch(db, ref.accountId, ref.inboxId)
      },

      /** Frees live messages only; history stays silent for ever. */
      async releaseClaudia(ref: InboxRef & Asked): Promise<InboxView> {
        await releaseHold(db, ref.accountId, ref.inboxId, { by: ref.actorUserId ?? null })
        return loadInbox(ref)
      },

      async setImportStatus(
        input: InboxRef & Asked & { importId: number; status: 'running' | 'paused' | 'cancelled' },
      ): Promise<InboxView> {
        const { importId, status } = input
        const changed = await writeImportStatus(db, input, importId, status, clock())
        if (changed && status === 'cancelled') await becomeActive(input)
        if (changed) await addToTimeline(db, input, `import_${status}`, {}, input.actorUserId)
        await notifyInboxChanged(db, input)
        return loadInbox(input)
      },

      async finishImport(input: ImportInput): Promise<void> {
        const changed = await writeImportStatus(db, input, input.importId, 'completed', clock())
        await becomeActive(input)
        if (changed) await addToTimeline(db, input, 'import_completed')
      },

      /** Row and incident; admins are told once per incident, in the same place. */
      async markHealth(input: InboxRef & { trouble: Trouble }): Promise<InboxView> {
        const { kind, direction, reason, evidence } = input.trouble
        await recordHealth(
          db,
          input.accountId,
          input.inboxId,
          direction,
          {
            status:
              kind === 'ReauthorizationRequired' ? 'reauthorization_required' : 'action_required',
            reason,
            evidence,
          },
          clock(),
        )
        await notifyInboxChanged(db, input)
        return loadInbox(input)
      },

      async joinDefaultRules(ref: InboxRef): Promise<void> {
        await joinDefaultRules(db, ref.accountId, ref.inboxId)
      },

      closeInbox,
      forgetInbox,

      /** Both at once, for workflows that began before these were two. */
      async disconnectInbox(input: InboxRef & Asked & { purge: boolean }): Promise<InboxView> {
        const view = await closeInbox(input)
        await forgetInbox(input)
        return view
      },

      /** Marks what hangs and has each of its entities told; returns how many were found. */
      async reportStalledInboxes({ everyMs }: { everyMs: number }): Promise<number> {
        const mailboxes = channels.all.filter(({ mail }) => mail !== undefined)
        const limits = {
          minIntervalMs: tuning.idleCheckMs,
          everyMs,
          channels: mailboxes.map(({ type }) => type),
        }
        return inTransaction(db, async (trx) => {
          const stalled = await markStalled(trx, clock(), limits)
          for (const ref of stalled) await askInbox(trx, ref, 'stalled')
          return stalled.length
        })
      },
    },
  }

  /** The hold ends with the import, or goes over to what the person chose beforehand. */
  async function becomeActive(ref: InboxRef): Promise<void> {
    // Together: an inbox that is active and still held would say two things.
    await inTransaction(db, async (trx) => {
      await writePhase(trx, ref, ['importing'], 'active')
      await releaseHold(trx, ref.accountId, ref.inboxId, { by: 'import_completed' })
    })
  }
}
