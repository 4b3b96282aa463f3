// How an inbox shows in the Temporal UI: search attributes on a change, current details in words.

import { setCurrentDetails, upsertSearchAttributes } from '@temporalio/workflow'
import { type ChannelType, deriveState, type InboxState } from '../domain/inbox.ts'
import { ATTRIBUTES, type InboxRef, type InboxView } from '../temporal/contracts.ts'

interface Attention {
  reason: string
  since: string
}

/** Why people are asked for: red first, then what hangs, then what fails for two minutes already. */
export function attentionOf(view: InboxView): Attention | null {
  const { phase, receive, send } = view.facts
  if (phase === 'disconnected') return null
  const red = [receive, send].find(
    ({ status }) => status === 'reauthorization_required' || status === 'action_required',
  )
  if (red) return { reason: red.reason ?? red.status, since: red.since }
  if (view.stalledSince) return { reason: 'stalled', since: view.stalledSince }
  const failing = [receive, send].find(({ status }) => status === 'retrying')
  if (failing && view.attentionSince) {
    return { reason: failing.reason ?? 'unavailable', since: view.attentionSince }
  }
  return null
}

/** Keeps what is shown, so that an unchanged state costs no event. */
export function createDisplay(ref: InboxRef) {
  let shown = ''
  return (view: InboxView): void => {
    const state = deriveState(view.facts)
    const attention = attentionOf(view)
    const now = JSON.stringify([state, attention])
    if (now !== shown) {
      shown = now
      upsertSearchAttributes([
        { key: ATTRIBUTES.channel, value: view.channel },
        { key: ATTRIBUTES.inboxState, value: state },
        { key: ATTRIBUTES.attentionReason, value: attention?.reason ?? null },
        { key: ATTRIBUTES.attentionSince, value: attention ? new Date(attention.since) : null },
      ])
    }
    setCurrentDetails(describe(ref, view, state, attention))
  }
}

const DOING: Record<InboxState, string> = {
  connecting: 'Connecting: the credentials are being proved.',
  importing: 'Importing history; ClaudIA is held until it is complete.',
  active: 'Active: the mailbox is kept in sync.',
  paused: 'Paused by a person: nothing is called, what is queued waits.',
  reauthorization_required: 'Stopped: the provider refuses the credentials.',
  disconnected: 'Disconnected: this workflow has ended.',
}

const AWAITED = 'Connecting: somebody has to sign in at the provider, by the link that was given.'

/** What an operator reads under "User Metadata": what it does, since when, and how to go on. */
export function describe(
  ref: InboxRef,
  view: InboxView,
  state: InboxState,
  attention: Attention | null,
): string {
  const path = `/api/v1/accounts/${ref.accountId}/inboxes/${ref.inboxId}`
  const doing = state === 'connecting' && view.awaitedUntil ? AWAITED : DOING[state]
  const lines = [`**${doing}**`]
  if (attention) lines.push(`Needs attention: \`${attention.reason}\` since ${attention.since}`)
  if (attention && view.nextTryAt && isRetrying(view)) lines.push(`Next try: ${view.nextTryAt}`)
  if (view.lastGoodSyncAt) {
    lines.push(`Last good sync, as of this change: ${view.lastGoodSyncAt}`)
  }
  lines.push(`Newer times, and the server's own words: \`GET ${path}\``)
  const remedy = remedyOf(view, state, attention)
  if (remedy) {
    const [action, body] = remedy
    lines.push(
      '',
      'To go on:',
      '```',
      'curl -X POST \\',
      `  "$API${path}/${action}" \\`,
      '  -H "api_access_token: $KEY" \\',
      "  -H 'content-type: application/json' \\",
      `  -d '${body}'`,
      '```',
    )
  }
  return lines.join('\n')
}

function isRetrying({ facts }: InboxView): boolean {
  return facts.receive.status === 'retrying' || facts.send.status === 'retrying'
}

/** What a reconnect takes anew, where it is no password. */
const SECRETS: Partial<Record<ChannelType, string>> = {
  whatsapp_twilio: 'auth_token',
  whatsapp_cloud: 'access_token',
}

/** The route and the body that a person calls. */
function remedyOf(
  { channel, facts, signsIn }: InboxView,
  state: InboxState,
  attention: Attention | null,
): [action: string, body: string] | undefined {
  if (state === 'disconnected') return undefined
  if (state === 'paused') return ['resume', '{}']
  if (state === 'reauthorization_required') {
    // The reply says where to sign in.
    return ['reconnect', signsIn ? '{}' : `{"${SECRETS[channel] ?? 'password'}": "..."}`]
  }
  if (!attention) return undefined
  const atTheProvider = [facts.receive, facts.send].some(
    ({ status }) => status === 'action_required',
  )
  return atTheProvider ? ['reconnect', '{}'] : ['sync', '{}']
}
