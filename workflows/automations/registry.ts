// Every automation there is, by the definition in its folder; `npm run new:automation` adds to it.
// Definitions only: the API reads this.

import type { AutomationDefinition } from '../../domain/automation-definition.ts'
import { definition as followUp } from './follow-up/definition.ts'
import { definition as satisfactionSurvey } from './satisfaction-survey/definition.ts'
import { definition as vipEscalation } from './vip-escalation/definition.ts'

export const AUTOMATIONS: readonly AutomationDefinition[] = [
  followUp,
  satisfactionSurvey,
  vipEscalation,
]
