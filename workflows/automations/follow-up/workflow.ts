// A contact who falls silent is asked once more.

import type { AutomationInput, TextRef } from '../../../temporal/contracts.ts'
import { automation } from '../kit.ts'

interface Parameters {
  minutes: number
  businessHours?: boolean
  message: TextRef
}

export async function followUp(input: AutomationInput): Promise<void> {
  await automation<Parameters>(input, async (kit, { minutes, businessHours, message }) => {
    const replied = await kit.waitForReply({ minutes, businessHours: businessHours ?? false })
    if (!replied) await kit.sendMessage(message)
  })
}
