// What the workers register of automations; the names are those of the definitions.

export { followUp } from './follow-up/workflow.ts'
export { satisfactionSurvey } from './satisfaction-survey/workflow.ts'
export { vipEscalation } from './vip-escalation/workflow.ts'
