// Actions of rules that leave the house. Each is repeated under the id of its receipt, so that who
// receives it knows a repeat.

import { openWebhookSecret } from '../db/integrations.ts'
import { listTeamMembers } from '../db/teams.ts'
import type { RuleAction } from '../domain/rule-actions.ts'
import { teamMail } from '../locales/team-texts.ts'
import { type StepEnd, settleStep } from '../messaging/settle-step.ts'
import { SystemMailFailed, sendSystemMail } from '../protocols/smtp/system-mail.ts'
import type { ConversationRef } from '../temporal/contracts.ts'
import type { ActivityDeps } from './deps.ts'
import { failureOf } from './failures.ts'
import { postSigned } from './standard-webhook.ts'
import { readEventPayload } from './state/event-payload.ts'
import { readMailFacts, readPendingStep } from './state/rule-step.ts'

export interface RuleStepRef extends ConversationRef {
  runId: number
  step: number
}

type End = Pick<StepEnd, 'outcome' | 'reason'>
const DONE: End = { outcome: 'done', reason: null }
const failed = (reason: string): End => ({ outcome: 'failed', reason })

/** The receiver says that this endpoint is over (Standard Webhooks). */
const GONE = 410

export function createRuleStepActivities(deps: ActivityDeps) {
  const { db, vault, policy, clock } = deps

  async function act(ref: RuleStepRef, action: RuleAction): Promise<End> {
    switch (action.action) {
      case 'send_webhook':
        return sendWebhook(ref, action.webhook_id)
      case 'email_team':
        return emailTeam(ref, action)
      default:
        return failed('unknown_action')
    }
  }

  async function sendWebhook(ref: RuleStepRef, webhookId: number): Promise<End> {
    const target = await openWebhookSecret(db, vault, ref.accountId, webhookId)
    if (!target) return failed('webhook_not_found')
    const id = `rule_${ref.runId}_${ref.step}`
    const about = {
      type: 'rule.matched',
      at: clock(),
      messageId: null,
      data: { run_id: ref.runId },
    }
    const payload = await readEventPayload(db, ref, about)
    const answer = await postSigned({ ...target, id, payload }, policy, clock())
    if (answer.delivered) return DONE
    if (answer.status === GONE) return failed('webhook_gone')
    // The receiver's words stay out of the history: they may repeat what they were sent.
    throw failureOf('Unavailable', { reason: 'webhook_unreachable' })
  }

  async function emailTeam(
    ref: RuleStepRef,
    { team_id, content }: Extract<RuleAction, { action: 'email_team' }>,
  ): Promise<End> {
    const mailer = deps.systemMailer
    if (!mailer) return failed('no_mail_relay')
    const members = (await listTeamMembers(db, ref.accountId, team_id)).filter(
      ({ role }) => role !== 'bot',
    )
    if (members.length === 0) return failed('team_is_empty')
    const { display_id, subject, locale } = await readMailFacts(db, ref)
    const words = { displayId: display_id, subject, content, url: mailer.publicUrl }
    const mail = teamMail(words, locale)
    for (const { id, name, email } of members) {
      const messageId = `rule-${ref.runId}-${ref.step}-${id}@${mailer.from.split('@').at(-1)}`
      try {
        await sendSystemMail(mailer, { ...mail, to: { name, address: email }, messageId })
      } catch (error) {
        if (!(error instanceof SystemMailFailed)) throw error
        // One address that is refused must not keep the others from hearing of it.
        if (error.final) continue
        throw failureOf('Unavailable', { reason: error.message })
      }
    }
    return DONE
  }

  return {
    ruleSteps: {
      async runRuleStep(ref: RuleStepRef): Promise<void> {
        const action = await readPendingStep(db, ref)
        if (!action) return
        const end = await act(ref, action)
        await settleStep(db, { ...ref, ...end, now: clock() })
      },
    },
  }
}
