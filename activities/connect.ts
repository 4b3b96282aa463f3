// Proving credentials and taking them over: the first connect, a reconnect, and "check again".

import { ApplicationFailure } from '@temporalio/common'
import type { StageResult } from '../channels/channel.ts'
import {
  type EmailCredentials,
  type EmailSettings,
  openMailbox,
  preflight,
} from '../channels/email/index.ts'
import { recordWatermark } from '../db/channel-cursors.ts'
import { inTransaction } from '../db/client.ts'
import { readDraft } from '../db/connect-drafts.ts'
import { areFromDraft, readCredentials } from '../db/credentials.ts'
import type { InboxOptions } from '../db/inboxes.ts'
import type { FailureKind } from '../domain/failures.ts'
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

interface Form {
  settings: EmailSettings
  credentials: EmailCredentials
  /** What else the same request changes (api/connect-form.ts). */
  options?: InboxOptions
  actorUserId?: number
}

export function createConnectActivities(deps: ActivityDeps) {
  const { db, vault, policy, clock } = deps

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
        settings: state.settings as EmailSettings,
        credentials: credentials as EmailCredentials,
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
        const before = await readInboxView(db, input)
        if (!before) throw inboxNotFound()
        // Without a form a first connect is tried again with the one it has.
        const connecting = before.facts.phase === 'connecting'
        const draftId = input.draftId ?? (connecting ? before.draftId : null)
        // A repeat after the commit of an attempt whose answer was lost.
        if (draftId !== null && (await areFromDraft(db, input, draftId))) return isWell(input)
        const form = draftId === null ? await storedForm(input) : await draftOf(input, draftId)
        for await (const stage of preflight(form.settings, form.credentials, policy)) {
          if (!stage.ok) throw failedStage(stage)
          ratchet(form.settings, stage)
        }
        const folders = form.settings.imap ? await folderStatuses(form) : []
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
        for await (const stage of preflight(form.settings, form.credentials, policy)) {
          stages.push({ ...stage })
        }
        return stages
      },
    }),
  }

  async function isWell({ accountId, inboxId }: InboxRef): Promise<void> {
    for (const direction of ['receive', 'send'] as const) {
      await recordHealth(db, accountId, inboxId, direction, { status: 'ok' }, clock())
    }
  }

  /** How far each folder that is read as incoming has come: below it is history. */
  async function folderStatuses(form: Form) {
    const [main = 'INBOX'] = form.settings.folders
    const mailbox = await openMailbox({ ...form, policy, folder: main })
    try {
      const statuses = [{ ...mailbox.status(), folder: mailbox.folder }]
      for (const folder of form.settings.folders) {
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

/** A host whose certificate once verified is held to it from then on. */
function ratchet(settings: EmailSettings, stage: StageResult): void {
  if (!stage.verified) return
  if (stage.stage === 'tls' && settings.imap) settings.imap.certificate = 'peer'
  if (stage.stage === 'smtp_starttls' && settings.smtp) settings.smtp.certificate = 'peer'
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
