// Proving credentials and taking them over: the first connect, a reconnect, and "check again".

import type { ApplicationFailure } from '@temporalio/common'
import type {
  Channel,
  Connection,
  OAuthCredentials,
  Share,
  StageResult,
} from '../channels/channel.ts'
import { ChannelError } from '../channels/errors.ts'
import { openMailbox } from '../channels/mail/mailbox.ts'
import { recordStart, recordWatermark } from '../db/channel-cursors.ts'
import { inTransaction } from '../db/client.ts'
import { areFromDraft, readCredentials } from '../db/credentials.ts'
import type { InboxOptions } from '../db/inboxes.ts'
import { addToTimeline } from '../db/timeline.ts'
import type { FailureKind } from '../domain/failures.ts'
import { noteConnected } from '../messaging/note-account.ts'
import { expectHistory } from '../messaging/note-history.ts'
import { type HealthFinding, recordHealth } from '../messaging/record-health.ts'
import { releaseQueuedSends } from '../messaging/wake-queued-sends.ts'
import type { ConnectInput, InboxRef, PreflightStage } from '../temporal/contracts.ts'
import { createAccessTokens } from './access-tokens.ts'
import { createAddresses } from './addresses.ts'
import type { ActivityDeps } from './deps.ts'
import { failureOf, finalFailure, translating } from './failures.ts'
import { createSignIn } from './sign-in.ts'
import { createSignUp } from './sign-up.ts'
import { storeConnection, writeSettings } from './state/connection.ts'
import { notifyInboxChanged, readInboxView } from './state/inbox-state.ts'
import { readSyncState } from './state/sync-state.ts'

interface Form extends Connection<object, object> {
  /** The credentials are those of the row. */
  asStored?: true
  /** The number was taken over anew from the phone that uses it. */
  signedUp?: true
  /** What else the same request changes (api/connect-form.ts). */
  options?: InboxOptions
  actorUserId?: number
}

export function createConnectActivities(deps: ActivityDeps) {
  const { db, vault, channels, clock } = deps
  const { freshCredentials, accessOf } = createAccessTokens(deps)
  const { signedIn } = createSignIn(deps)
  const { filledIn } = createSignUp(deps)
  const addresses = createAddresses(deps)

  async function draftOf(ref: InboxRef, draftId: string, channel: Channel): Promise<Form> {
    const { connect } = channel
    if (connect.kind === 'form') {
      const draft = await filledIn(ref, draftId, connect)
      if (draft) return draft
      throw draftExpired()
    }
    const draft = await signedIn(ref, draftId, connect)
    if (!draft) throw draftExpired()
    if (draft.credentials) return draft as Form
    // A change of settings, for which nobody has to sign in again.
    return { ...(await storedForm(ref, channel)), ...draft, asStored: true }
  }

  async function storedForm(ref: InboxRef, { connect }: Channel): Promise<Form> {
    const state = await readSyncState(db, ref)
    const stored = await readCredentials(db, vault, ref.accountId, ref.inboxId)
    if (!state || !stored) throw draftExpired()
    const credentials =
      connect.kind === 'oauth' && connect.renewal
        ? await freshCredentials(ref, connect.renewal, stored as OAuthCredentials)
        : stored
    return {
      settings: state.settings as object,
      credentials: credentials as object,
      asStored: true,
    }
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
        if (draftId !== null && (await areFromDraft(db, input, draftId))) return isStored(input)
        const channel = channels.of(before.channel)
        const form =
          draftId === null
            ? await storedForm(input, channel)
            : await draftOf(input, draftId, channel)
        const sending = await prove(channel, form)
        const url = addresses.webhook(before.channel, input.inboxId)
        if (channel.callback) form.settings = (await channel.callback.read(form, url)) as object
        const folders = await folderStatuses(channel, form)
        const now = clock()
        await inTransaction(db, async (trx) => {
          for (const { folder, imported, ...status } of folders) {
            await recordWatermark(trx, { ...input, folder, kind: 'live' }, status)
            await recordWatermark(trx, { ...input, folder: imported, kind: 'history' }, status)
          }
          // Another attempt has stored this form while this one was proving it.
          if (draftId !== null && (await areFromDraft(trx, input, draftId))) return
          if (channel.pull) await recordStart(trx, input, now)
          if (channel.providerIds) await noteConnected(trx, { ...input, now })
          const { connect } = channel
          const access = connect.kind === 'oauth' ? accessOf(connect, form.credentials) : null
          const credentials = form.asStored ? null : form.credentials
          const providerIds = channel.providerIds?.(form.settings) ?? []
          const shares = connecting || form.signedUp ? sharesOf(channel, form) : []
          if (shares.length > 0) await expectHistory(trx, { ...input, now }, shares)
          const connection = {
            ...form,
            address: channel.addressOf?.(form.settings),
            provedAt: channel.provedAt?.(form.settings),
            credentials,
            access,
            providerIds,
            now,
            imports: folders.length > 0 || shares.length > 0,
          }
          await storeConnection(trx, vault, { ...input, draftId }, connection)
          await releaseQueuedSends(trx, input, now)
          await notifyInboxChanged(trx, input)
        })
        await isStored(input, sending)
      },

      /** Every stage with its outcome; nothing is stored. */
      async preflightDraft(input: ConnectInput): Promise<PreflightStage[]> {
        // Only the form of other providers can be tried before there is an inbox.
        const email = channels.of('email')
        const form = await draftOf(input, input.draftId, email)
        const stages: PreflightStage[] = []
        for await (const stage of email.preflight!(form)) stages.push({ ...stage })
        return stages
      },
    }),
  }

  /** Every stage of the channel; what they settle goes into the form. What is said of sending then. */
  async function prove(channel: Channel, form: Form): Promise<HealthFinding> {
    for await (const stage of channel.preflight?.(form) ?? []) {
      // A form can be mended by whoever fills it in; after a sign-in only an administrator of the
      // mail system can, and meanwhile mail comes in.
      const canWait = channel.connect.kind === 'oauth' && stage.stage.startsWith('smtp')
      if (!stage.ok && canWait) return sendingOf(stage)
      if (!stage.ok) throw failedStage(stage)
      if (channel.learn) form.settings = channel.learn(form.settings, stage) as object
    }
    return { status: 'ok' }
  }

  async function isStored(ref: InboxRef, sending?: HealthFinding): Promise<void> {
    await subscribe(ref)
    await isWell(ref, sending)
    await leadWebhooksHere(ref)
  }

  async function subscribe(ref: InboxRef): Promise<void> {
    const state = await readSyncState(db, ref)
    const channel = state && channels.of(state.channel)
    await channel?.subscribe?.(await storedForm(ref, channel))
  }

  /**
   * What was there before is stored by now, so it may be overwritten. Where the provider does not
   * confirm it a person can paste the address: the inbox is connected all the same.
   */
  async function leadWebhooksHere(ref: InboxRef): Promise<void> {
    const state = await readSyncState(db, ref)
    if (!state) return
    const channel = channels.of(state.channel)
    if (!channel.callback) return
    try {
      const url = addresses.webhook(state.channel, ref.inboxId)
      await writeSettings(db, ref, await channel.callback.set(await storedForm(ref, channel), url))
    } catch (error) {
      if (!(error instanceof ChannelError)) throw error
      await addToTimeline(db, ref, 'callback_not_set', { ...error.details })
    }
  }

  async function isWell(
    { accountId, inboxId }: InboxRef,
    sending: HealthFinding = { status: 'ok' },
  ): Promise<void> {
    await recordHealth(db, accountId, inboxId, 'receive', { status: 'ok' }, clock())
    await recordHealth(db, accountId, inboxId, 'send', sending, clock())
  }

  /**
   * How far each folder that is read has come: below it is history, which the import knows under the
   * name `imported`.
   */
  async function folderStatuses({ mail }: Channel, form: Form) {
    const account = mail?.accountOf(form)
    if (!mail || !account?.imap) return []
    const { folders, syncSent } = mail.traitsOf(form.settings)
    const mailbox = await openMailbox(account, { folder: folders[0] ?? 'INBOX' })
    try {
      const { folder: first } = mailbox
      const statuses = [{ ...mailbox.status(), folder: first, imported: first }]
      for (const folder of folders) {
        if (folder === first) continue
        const status = await mailbox.statusOf(folder)
        if (!status) throw failureOf('ActionRequired', { reason: 'folder_not_found' }, 'receive')
        statuses.push({ ...status, imported: folder })
      }
      const sent = syncSent ? await mailbox.statusOf('\\Sent') : undefined
      if (sent) statuses.push({ ...sent, imported: '\\Sent' })
      return statuses
    } finally {
      await mailbox.close()
    }
  }
}

function sharesOf({ history }: Channel, { settings }: Form): readonly Share[] {
  return history?.shares(settings) ?? []
}

function draftExpired(): ApplicationFailure {
  return finalFailure('DraftExpired', 'draft_expired')
}

export function inboxNotFound(): ApplicationFailure {
  return finalFailure('InboxNotFound', 'inbox_not_found')
}

/** What a person waits for in front of a form: only these are worth another try by ourselves. */
const TRANSIENT = new Set([
  'timeout',
  'connection_lost',
  'server_unavailable',
  'host_not_found',
  'mailbox_refused',
])
const THROTTLED = new Set(['too_many_connections', 'throttled', 'over_quota'])
const REFUSED = new Set(['wrong_password', 'login_refused', 'token_refused', 'auth_token_refused'])

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

function sendingOf({ reason = 'server_unavailable', evidence }: StageResult): HealthFinding {
  const heals = TRANSIENT.has(reason) || THROTTLED.has(reason)
  return { status: heals ? 'retrying' : 'action_required', reason, evidence }
}
