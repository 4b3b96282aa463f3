// Telling of an incident outside the console: a signed webhook, or a mail to an administrator.

import { ApplicationFailure } from '@temporalio/common'
import { addToTimeline } from '../db/timeline.ts'
import { REOPEN_INCIDENT_WITHIN_MS } from '../domain/inbox.ts'
import { incidentMail } from '../locales/incident-texts.ts'
import { askingText } from '../locales/texts.ts'
import { SystemMailFailed, sendSystemMail } from '../protocols/smtp/system-mail.ts'
import type { InboxRef, NoticeRef } from '../temporal/contracts.ts'
import type { ActivityDeps } from './deps.ts'
import { again } from './failures.ts'
import { postSigned } from './standard-webhook.ts'
import { listPendingNotices, type Notice, noteTry, readNotice } from './state/notices.ts'

export function createNoticeActivities(deps: ActivityDeps) {
  const { db, vault, clock } = deps

  return {
    notices: {
      listNotices: (ref: InboxRef): Promise<number[]> => listPendingNotices(db, ref),

      /** One try. Throws what a repeat may mend; what is final is on record. */
      async deliverNotice(ref: NoticeRef): Promise<void> {
        const notice = await readNotice(db, vault, ref)
        if (!notice) return void (await noteTry(db, ref, { status: 'skipped' }, clock()))
        if (await isOutdated(ref, notice)) return
        if (notice.to.kind === 'webhook') await post(ref, notice, notice.to)
        else await mail(ref, notice, notice.to)
      },

      /** All tries are used up; the inbox's timeline says so. */
      async giveUpNotice(ref: NoticeRef): Promise<void> {
        await giveUp(ref, await readNotice(db, vault, ref), {})
      },
    },
  }

  /** What is no longer true is not told; a recovery only when it lasted. */
  async function isOutdated(ref: NoticeRef, { event, incident, to }: Notice): Promise<boolean> {
    const skip = () => noteTry(db, ref, { status: 'skipped' }, clock()).then(() => true)
    if (event !== 'inbox.recovered') {
      // A mail that asks for what was done already only confuses; a program keeps its own books.
      return to.kind === 'mail' && incident.closedAt !== null ? skip() : false
    }
    if (incident.closedAt === null) return skip()
    const lastsAt = incident.closedAt.getTime() + REOPEN_INCIDENT_WITHIN_MS
    const waitMs = lastsAt - clock().getTime()
    // Until then it may be reopened, of which nobody would be told again.
    if (waitMs > 0) throw again('Told when the recovery has lasted', waitMs)
    return false
  }

  async function post(ref: NoticeRef, notice: Notice, to: { url: string; secret: string }) {
    const payload = payloadOf(notice)
    const delivery = { url: to.url, secret: to.secret, id: idOf(notice), payload }
    const { delivered, gone, status, evidence } = await postSigned(delivery, deps.policy, clock())
    const tried = { responseStatus: status || null, evidence: delivered ? null : evidence }
    if (delivered) {
      await noteTry(db, ref, { status: 'delivered', ...tried }, clock())
      return
    }
    if (gone) return giveUp(ref, notice, tried)
    await noteTry(db, ref, { status: 'pending', ...tried }, clock())
    throw ApplicationFailure.create({
      type: 'WebhookUnreachable',
      // The receiver's words may name hosts; they are in the row.
      message: status ? `The webhook answered ${status}` : 'The webhook did not answer',
    })
  }

  async function mail(
    ref: NoticeRef,
    notice: Notice,
    to: { userId: number; name: string; address: string },
  ) {
    const mailer = deps.systemMailer
    if (!mailer) return void (await noteTry(db, ref, { status: 'skipped' }, clock()))
    const { incident, inbox, account, event } = notice
    const { subject, text } = incidentMail(
      {
        account: account.name,
        inbox,
        direction: incident.direction,
        reconnect: event === 'inbox.reauthorization_required',
        reason: incident.reason,
        evidence: incident.evidence,
        since: incident.openedAt,
        url: mailer.publicUrl,
      },
      account.locale,
    )
    // A connection lost after the body is tried again: told twice is better than never, and the
    // Message-ID lets mail programs show one.
    const messageId = `incident-${incident.id}-${to.userId}@${mailer.from.split('@').at(-1)}`
    try {
      await sendSystemMail(mailer, { to, subject, text, messageId })
      await noteTry(db, ref, { status: 'delivered', evidence: null }, clock())
    } catch (error) {
      if (!(error instanceof SystemMailFailed)) throw error
      const { evidence } = error
      if (error.final) return giveUp(ref, notice, { evidence })
      await noteTry(db, ref, { status: 'pending', evidence }, clock())
      throw ApplicationFailure.create({ type: 'SystemMailFailed', message: error.message })
    }
  }

  async function giveUp(
    ref: NoticeRef,
    notice: Notice | undefined,
    tried: { responseStatus?: number | null; evidence?: string | null },
  ): Promise<void> {
    const settled = await noteTry(db, ref, { status: 'failed', ...tried }, clock())
    if (!settled || !notice) return
    const { to, event, incident, inbox } = notice
    const about = { accountId: ref.accountId, inboxId: inbox.id }
    const whom = to.kind === 'webhook' ? { webhook_id: to.id } : { user_id: to.userId }
    await addToTimeline(db, about, 'notice_failed', { event, incident_id: incident.id, ...whom })
  }
}

/** One incident, one event: the same id for every try and every webhook. */
const idOf = ({ event, incident }: Notice) => `incident_${incident.id}_${event.split('.')[1]}`

function payloadOf({ event, createdAt, incident, inbox, account }: Notice) {
  const [message, remedy] = askingText(incident.reason, account.locale)
  const recovered = event === 'inbox.recovered'
  return {
    type: event,
    timestamp: (recovered ? (incident.closedAt ?? createdAt) : createdAt).toISOString(),
    data: {
      account_id: account.id,
      inbox,
      incident: {
        id: incident.id,
        direction: incident.direction,
        reason: incident.reason,
        message,
        remedy: remedy || null,
        evidence: incident.evidence,
        opened_at: incident.openedAt.toISOString(),
        closed_at: incident.closedAt?.toISOString() ?? null,
      },
    },
  }
}
