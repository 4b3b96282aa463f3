// Some time after a conversation is resolved the contact is asked how it was, and thanked for a reply.

import type { Condition } from '../../../domain/automation.ts'
import type { AutomationInput, TextRef } from '../../../temporal/contracts.ts'
import { automation } from '../kit.ts'

interface Parameters {
  minutes: number
  question: TextRef
  thanks: TextRef
}

const RESOLVED: Condition = { attribute: 'status', operator: 'equal_to', values: ['resolved'] }
const A_WEEK = 7 * 24 * 60

export async function satisfactionSurvey(input: AutomationInput): Promise<void> {
  await automation<Parameters>(input, async (kit, { minutes, question, thanks }) => {
    await kit.wait({ minutes })
    // Opened again meanwhile: it is not over yet.
    if (!(await kit.meets(RESOLVED))) return
    await kit.sendMessage(question)
    if (!(await kit.waitForReply({ minutes: A_WEEK }))) return
    await kit.sendMessage(thanks)
    await kit.addLabels('survey-answered')
  })
}
