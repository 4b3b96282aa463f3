// What an inbox is: facts that are stored, and the state and attention derived from them.

export const CHANNEL_TYPES = [
  'email',
  'google',
  'microsoft',
  'instagram',
  'whatsapp_twilio',
  'whatsapp_cloud',
  'web_widget',
] as const
export type ChannelType = (typeof CHANNEL_TYPES)[number]

export type Phase = 'connecting' | 'importing' | 'active' | 'disconnected'
export type Direction = 'receive' | 'send'
export type HealthStatus = 'ok' | 'retrying' | 'action_required' | 'reauthorization_required'
export type InboxState = Phase | 'paused' | 'reauthorization_required'
/** What people read: the state, or the fault that they should know of while it works. */
export type ShownState = InboxState | 'action_required' | 'retrying' | 'cannot_send'
export type Attention = 'none' | 'amber' | 'red'

/** Health of one direction. `since` is when this status began, ISO-8601 UTC. */
export interface Health {
  status: HealthStatus
  /** Stable code, such as `wrong_password`; null while ok. */
  reason: string | null
  since: string
}

/** The stored facts that every state is derived from. */
export interface InboxFacts {
  phase: Phase
  paused: boolean
  receive: Health
  send: Health
}

/** Amber shows only after this long: shorter faults heal before anyone could act. */
export const AMBER_AFTER_MS = 2 * 60_000
/** An incident that comes back within this time is the same incident. */
export const REOPEN_INCIDENT_WITHIN_MS = 10 * 60_000

/** disconnected > reauthorization_required > paused > phase: leaving one shows the next. */
export function deriveState(facts: InboxFacts): InboxState {
  if (facts.phase === 'disconnected') return 'disconnected'
  if (needsReauthorization(facts)) return 'reauthorization_required'
  if (facts.paused) return 'paused'
  return facts.phase
}

export function needsReauthorization(facts: Pick<InboxFacts, 'receive' | 'send'>): boolean {
  return (
    facts.receive.status === 'reauthorization_required' ||
    facts.send.status === 'reauthorization_required'
  )
}

/**
 * How loudly the inbox asks for a person. Red: nothing is received until someone acts, or the
 * provider refused the credentials. Amber: it heals by itself, or only sending is affected.
 */
export function attention(facts: InboxFacts, now: Date): Attention {
  if (facts.phase === 'disconnected') return 'none'
  if (needsReauthorization(facts) || facts.receive.status === 'action_required') return 'red'
  if (facts.send.status === 'action_required') return 'amber'
  const failing = [facts.receive, facts.send].some(
    (health) =>
      health.status === 'retrying' && now.getTime() - Date.parse(health.since) >= AMBER_AFTER_MS,
  )
  return failing ? 'amber' : 'none'
}

export function shownState(facts: InboxFacts, now: Date): ShownState {
  const state = deriveState(facts)
  if (state !== facts.phase || state === 'disconnected') return state
  if (facts.receive.status === 'action_required') return 'action_required'
  if (facts.send.status === 'action_required') return 'cannot_send'
  return attention(facts, now) === 'amber' ? 'retrying' : state
}

/** Whether our calls to the provider may run in a direction. Webhooks are stored regardless. */
export function mayCall(facts: InboxFacts, direction: Direction): boolean {
  if (facts.paused || facts.phase === 'disconnected' || facts.phase === 'connecting') return false
  return facts[direction].status !== 'reauthorization_required'
}

/** Whether imported history and a kept cursor make sense for the channel. */
export function hasHistory(channel: ChannelType): boolean {
  return channel === 'email' || channel === 'google' || channel === 'microsoft'
}

/** Whether an answer is where the contact reads it as soon as it is stored. */
export function arrivesWhenWritten(channel: ChannelType): boolean {
  return channel === 'web_widget'
}

const PHASE_MOVES: Record<Phase, readonly Phase[]> = {
  connecting: ['importing', 'active', 'disconnected'],
  importing: ['active', 'disconnected'],
  active: ['importing', 'disconnected'],
  disconnected: [],
}

/** A phase may be written again unchanged, since activities are repeated after a crash. */
export function mayMovePhase(from: Phase, to: Phase): boolean {
  return from === to || PHASE_MOVES[from].includes(to)
}
