// Proving credentials and taking them over: the first connect, a reconnect, and "check again".

import { ApplicationFailure } from '@temporalio/common'
import type { Connection, StageResult } from '../channels/channel.ts'
import { openMailbox } from '../channels/mail/mailbox.ts'
import { recordWatermark } from '../db/channel-cursors.ts'
import { inTransaction } from '../db/client.ts'
import { readDraft } from '../db/connect-drafts.ts'
import { areFromDraft, readCredentials } from '../db/credentials.ts'
import type { InboxOptions } from '../db/inboxes.ts'
import type { FailureKind } from '../domain/failures.ts'
import type { ChannelType } from '../domain/inbox.ts'
import { recordHealth } from '../messaging/record-health.ts'
import {
  type ConnectInput,
  type InboxRef,
  type PreflightStage,
  WORKFLOW_FAILURES,
} from '../temporal/contracts.ts'
import type { ActivityDeps } from './deps.ts'
import { failureOf, translating } from './failures.ts'
import { storeConnection } from './state/connection.ts'
import { notifyInboxChanged, readInboxView, wakeQueuedSends } from './state/inbox-state.ts'
import { readSyncState } from './state/sync-state.ts'

interface Form extends Connection<object, object> {
  /** What else the same request changes (api/connect-form.ts). */
  options?: InboxOptions
  actorUserId?: number
}

export function createConnectActivities(deps: ActivityDeps) {
  const { db, vault, channels, clock } = deps

  async function draftOf(ref: InboxRef, draftId: string): Promise<Form> {
    const draft = await readDraft(db, vault, ref, draftId)
    if (draft) return draft as unknown as Form
    throw draftExpired()
  }

  async function storedForm(ref: InboxRef): Promise<Form> {
    const state = await readSyncState(db, ref)
    const credentials = await readCredentials(db, vault, ref.accountId, ref.inboxId)
    if (state && credentials) {
      return {
        settings: state.settings as object,
        credentials: credentials as object,
      }
    }
    throw draftExpired()
  }

  return {
    provider: translating({
      /**
       * Preflight, then everything in one transaction: credentials, and for a new inbox the
       * watermark, the hold and the phase. What fails leaves the old credentials as they are.
       */
      async connectInbox(input: InboxRef & { draftId: string | null }): Promise<void> {
        const before = await readInboxView(deps, input)
        if (!before) throw inboxNotFound()
        // Without a form a first connect is tried again with the one it has.
        const connecting = before.facts.phase === 'connecting'
        const draftId = input.draftId ?? (connecting ? before.draftId : null)
        // A repeat after the commit of an attempt whose answer was lost.
        if (draftId !== null && (await areFromDraft(db, input, draftId))) return isWell(input)
        const form = draftId === null ? await storedForm(input) : await draftOf(input, draftId)
        const { channel } = before
        await prove(channel, form)
        const folders = await folderStatuses(channel, form)
        const now = clock()
        await inTransaction(db, async (trx) => {
          for (const status of folders) {
            for (const kind of ['live', 'history'] as const) {
              await recordWatermark(trx, { ...input, folder: status.folder, kind }, status)
            }
          }
          const connection = { ...form, now, imports: folders.length > 0 }
          await storeConnection(trx, vault, { ...input, draftId }, connection)
          await wakeQueuedSends(trx, input)
          await notifyInboxChanged(trx, input)
        })
        await isWell(input)
      },

      /** Every stage with its outcome; nothing is stored. */
      async preflightDraft(input: ConnectInput): Promise<PreflightStage[]> {
        const form = await draftOf(input, input.draftId)
        const stages: PreflightStage[] = []
        // Only the form of other providers can be tried before there is an inbox.
        for await (const stage of channels.of('email').preflight!(form)) stages.push({ ...stage })
        return stages
      },
    }),
  }

  /** Every stage of the channel; what they settle goes into the form. */
  async function prove(type: ChannelType, form: Form): Promise<void> {
    const channel = channels.of(type)
    for await (const stage of channel.preflight?.(form) ?? []) {
      if (!stage.ok) throw failedStage(stage)
      if (channel.learn) form.settings = channel.learn(form.settings, stage) as object
    }
  }

  async function isWell({ accountId, inboxId }: InboxRef): Promise<void> {
    for (const direction of ['receive', 'send'] as const) {
      await recordHealth(db, accountId, inboxId, direction, { status: 'ok' }, clock())
    }
  }

  /** How far each folder that is read as incoming has come: below it is history. */
  async function folderStatuses(channel: ChannelType, form: Form) {
    const { mail } = channels.of(channel)
    const account = mail?.accountOf(form)
    if (!mail || !account?.imap) return []
    const { folders } = mail.traitsOf(form.settings)
    const mailbox = await openMailbox(account, { folder: folders[0] ?? 'INBOX' })
    try {
      const statuses = [{ ...mailbox.status(), folder: mailbox.folder }]
      for (const folder of folders) {
        if (folder === mailbox.folder) continue
        const status = await mailbox.statusOf(folder)
        if (!status) throw failureOf('ActionRequired', { reason: 'folder_not_found' }, 'receive')
        statuses.push(status)
      }
      return statuses
    } finally {
      await mailbox.close()
    }
  }
}

function draftExpired(): ApplicationFailure {
  return ApplicationFailure.create({
    type: WORKFLOW_FAILURES.DraftExpired,
    message: 'draft_expired',
    nonRetryable: true,
  })
}

export function inboxNotFound(): ApplicationFailure {
  return ApplicationFailure.create({
    type: WORKFLOW_FAILURES.InboxNotFound,
    message: 'inbox_not_found',
    nonRetryable: true,
  })
}

/** What a person waits for in front of a form: only these are worth another try by ourselves. */
const TRANSIENT = new Set(['timeout', 'connection_lost', 'server_unavailable', 'host_not_found'])
const THROTTLED = new Set(['too_many_connections', 'throttled', 'over_quota'])
const REFUSED = new Set(['wrong_password', 'login_refused'])

function failedStage({ stage, reason = 'server_unavailable', evidence }: StageResult) {
  const kind: FailureKind = REFUSED.has(reason)
    ? 'ReauthorizationRequired'
    : TRANSIENT.has(reason) || THROTTLED.has(reason)
      ? 'Unavailable'
      : 'ActionRequired'
  return failureOf(
    kind,
    { reason, ...(evidence ? { evidence } : {}) },
    stage.startsWith('smtp') ? 'send' : 'receive',
  )
}
