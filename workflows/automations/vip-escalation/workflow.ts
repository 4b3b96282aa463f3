// Nobody has answered an important contact: a team gets the conversation, and later a mail.

import type { AutomationInput, TextRef } from '../../../temporal/contracts.ts'
import { automation } from '../kit.ts'

interface Parameters {
  team: number
  /** Before each of the two steps. */
  minutes: number
  businessHours?: boolean
  mail: TextRef
}

export async function vipEscalation(input: AutomationInput): Promise<void> {
  await automation<Parameters>(input, async (kit, { team, minutes, businessHours, mail }) => {
    const wait = { minutes, businessHours: businessHours ?? false, from: 'agent' } as const
    if (await kit.waitForReply(wait)) return
    await kit.assignTeam(team)
    await kit.setPriority('urgent')
    if (await kit.waitForReply(wait)) return
    await kit.emailTeam(team, mail)
  })
}
