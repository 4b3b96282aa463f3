// The gate: whether an automatic action may act on a message now. The one place that decides it.

import type { MessageOrigin } from './message.ts'

/** A person's choice (`on`, `off`) or the system's (`held`, while history is imported). */
export type ClaudiaMode = 'on' | 'off' | 'held'

export const DEFAULT_CLAUDIA_MAX_AGE_S = 24 * 3600

export type SkipReason =
  | 'history'
  | 'late'
  | 'automatic_mail'
  | 'claudia_off'
  | 'stale'
  | 'answered_by_person'
  | 'assigned_to_person'

export type Decision = { act: 'now' } | { act: 'wait' } | { act: 'never'; reason: SkipReason }

export interface EventFacts {
  origin: MessageOrigin
  /** Auto-reply, list or bounce. */
  automatic: boolean
  held: boolean
}

/**
 * Whether rules may run at all for an event. History and late mail never wake anything, held live
 * mail waits for the end of the hold, automatic mail triggers nothing (mail loops).
 */
export function mayRunRules(event: EventFacts): Decision {
  if (event.origin === 'history') return { act: 'never', reason: 'history' }
  if (event.origin === 'late') return { act: 'never', reason: 'late' }
  if (event.automatic) return { act: 'never', reason: 'automatic_mail' }
  if (event.held) return { act: 'wait' }
  return { act: 'now' }
}

export interface SpeakingFacts {
  claudia: ClaudiaMode
  /** When the triggering message was delivered to the inbox. */
  triggerAt: Date
  now: Date
  /** Seconds; older triggers go to people. */
  maxAgeSeconds: number
  /** A person wrote to the contact after the trigger. */
  answeredByPerson: boolean
}

/**
 * Asked again at the moment of speaking to a contact, so that a hold's release, a gap's recovery, a
 * replay or a backlog needs no rule of its own.
 */
export function maySpeak(facts: SpeakingFacts): Decision {
  if (facts.claudia === 'held') return { act: 'wait' }
  if (facts.claudia === 'off') return { act: 'never', reason: 'claudia_off' }
  if (facts.now.getTime() - facts.triggerAt.getTime() > facts.maxAgeSeconds * 1000) {
    return { act: 'never', reason: 'stale' }
  }
  if (facts.answeredByPerson) return { act: 'never', reason: 'answered_by_person' }
  return { act: 'now' }
}
