// The rows behind an inbox's commands. Only the entity calls these, so state has one writer.

import { ChannelError } from '../channels/errors.ts'
import { inTransaction } from '../db/client.ts'
import { deleteCredentials, readCredentials } from '../db/credentials.ts'
import { endWatch } from '../db/inboxes.ts'
import { askInbox } from '../db/outbox.ts'
import { addToTimeline } from '../db/timeline.ts'
import { eraseInbox } from '../messaging/erase-inbox.ts'
import { releaseHold } from '../messaging/hold.ts'
import { joinDefaultRules } from '../messaging/join-default-rules.ts'
import { recordHealth } from '../messaging/record-health.ts'
import { releaseQueuedSends } from '../messaging/wake-queued-sends.ts'
import type { Asked, ImportInput, InboxRef, InboxView, Trouble } from '../temporal/contracts.ts'
import { createAddresses } from './addresses.ts'
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
import { readSyncState } from './state/sync-state.ts'

export function createInboxActivities(deps: ActivityDeps) {
  const { db, storage, channels, clock, tuning } = deps
  const addresses = createAddresses(deps)

  async function loadInbox(ref: InboxRef): Promise<InboxView> {
    const view = await readInboxView(deps, ref)
    if (!view) throw inboxNotFound()
    return view
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

      async disconnectInbox(input: InboxRef & Asked & { purge: boolean }): Promise<InboxView> {
        await restoreCallback(input)
        const moved = await writePhase(
          db,
          input,
          ['connecting', 'importing', 'active'],
          'disconnected',
        )
        if (moved) {
          await deleteCredentials(db, input.accountId, input.inboxId)
          await addToTimeline(db, input, 'disconnected', {}, input.actorUserId)
        }
        await notifyInboxChanged(db, input)
        const view = await loadInbox(input)
        if (input.purge) await eraseInbox(db, storage, input)
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

  /** As the provider was set up before us; disconnecting waits for nobody. */
  async function restoreCallback(ref: InboxRef): Promise<void> {
    const state = await readSyncState(db, ref)
    const credentials = await readCredentials(db, deps.vault, ref.accountId, ref.inboxId)
    const callback = state && channels.of(state.channel).callback
    if (!callback || !credentials) return
    const url = addresses.webhook(state.channel, ref.inboxId)
    try {
      await callback.restore({ settings: state.settings, credentials }, url)
    } catch (error) {
      if (!(error instanceof ChannelError)) throw error
      await addToTimeline(db, ref, 'callback_not_restored', { ...error.details })
    }
  }

  /** The hold ends with the import, or goes over to what the person chose beforehand. */
  async function becomeActive(ref: InboxRef): Promise<void> {
    await inTransaction(db, (trx) => writePhase(trx, ref, ['importing'], 'active'))
    await releaseHold(db, ref.accountId, ref.inboxId, { by: 'import_completed' })
  }
}
