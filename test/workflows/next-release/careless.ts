// The same release by somebody who forgot the runs that wait.
import type { AutomationInput, TextRef } from '../../../temporal/contracts.ts'
import { automation } from '../../../workflows/automations/kit.ts'

export * from '../../../workflows/index.ts'

export async function followUp(input: AutomationInput): Promise<void> {
  await automation<{ minutes: number; message: TextRef }>(input, async (kit, wanted) => {
    await kit.addLabels('follow-up')
    if (!(await kit.waitForReply({ minutes: wanted.minutes })))
      await kit.sendMessage(wanted.message)
  })
}
