// Actions that leave the house: a webhook, a mail to a team. Each is repeated under the id it is
// given, so that who receives it knows a repeat.

import { openWebhookSecret } from '../db/integrations.ts'
import { listMailedUsers, noteMailedUser } from '../db/team-mails.ts'
import { listTeamMembers } from '../db/teams.ts'
import type { RuleAction } from '../domain/rule-actions.ts'
import { teamMail } from '../locales/team-texts.ts'
import type { StepEnd } from '../messaging/settle-step.ts'
import { SystemMailFailed, sendSystemMail } from '../protocols/smtp/system-mail.ts'
import type { AutomationRef } from '../temporal/contracts.ts'
import type { ActivityDeps } from './deps.ts'
import { failureOf } from './failures.ts'
import { postSigned } from './standard-webhook.ts'
import { readEventPayload } from './state/event-payload.ts'
import { readMailFacts } from './state/rule-step.ts'

export type OutsideEnd = Pick<StepEnd, 'outcome' | 'reason'>
const DONE: OutsideEnd = { outcome: 'done', reason: null }
const failed = (reason: string): OutsideEnd => ({ outcome: 'failed', reason })

type OutsideDeps = Pick<ActivityDeps, 'db' | 'vault' | 'policy' | 'clock' | 'systemMailer'>

/** @throws ApplicationFailure of kind Unavailable while nobody answers there */
export function createOutsideActions(deps: OutsideDeps) {
  const { db, vault, policy, clock } = deps

  return async (ref: AutomationRef, action: RuleAction, id: string): Promise<OutsideEnd> => {
    switch (action.action) {
      case 'send_webhook':
        return sendWebhook(ref, action.webhook_id, id)
      case 'email_team':
        return emailTeam(ref, action, id)
      default:
        return failed('unknown_action')
    }
  }

  async function sendWebhook(
    ref: AutomationRef,
    webhookId: number,
    id: string,
  ): Promise<OutsideEnd> {
    const target = await openWebhookSecret(db, vault, ref.accountId, webhookId)
    if (!target) return failed('webhook_not_found')
    const about = {
      type: 'rule.matched',
      at: clock(),
      messageId: null,
      data: { run_id: ref.runId },
    }
    const payload = await readEventPayload(db, ref, about)
    const answer = await postSigned({ ...target, id, payload }, policy, clock())
    if (answer.delivered) return DONE
    if (answer.gone) return failed('webhook_gone')
    // The receiver's words stay out of the history: they may repeat what they were sent.
    throw failureOf('Unavailable', { reason: 'webhook_unreachable' })
  }

  async function emailTeam(
    ref: AutomationRef,
    { team_id, content }: Extract<RuleAction, { action: 'email_team' }>,
    deliveryId: string,
  ): Promise<OutsideEnd> {
    const mailer = deps.systemMailer
    if (!mailer) return failed('no_mail_relay')
    const members = (await listTeamMembers(db, ref.accountId, team_id)).filter(
      ({ role }) => role !== 'bot',
    )
    if (members.length === 0) return failed('team_is_empty')
    const { display_id, subject, locale } = await readMailFacts(db, ref)
    const words = { displayId: display_id, subject, content, url: mailer.publicUrl }
    const mail = teamMail(words, locale)
    const sending = { ...ref, delivery: deliveryId }
    const told = await listMailedUsers(db, sending)
    let waiting: string | undefined
    for (const { id, name, email } of members.filter((member) => !told.has(member.id))) {
      const messageId = `${deliveryId}-${id}@${mailer.from.split('@').at(-1)}`
      try {
        await sendSystemMail(mailer, { ...mail, to: { name, address: email }, messageId })
        await noteMailedUser(db, sending, id, clock())
      } catch (error) {
        if (!(error instanceof SystemMailFailed)) throw error
        // One address that is refused, or not taken yet, must not keep the others from hearing of it.
        if (!error.final) waiting = error.message
      }
    }
    if (waiting !== undefined) throw failureOf('Unavailable', { reason: waiting })
    return DONE
  }
}
