// A release after this one: what a silent contact is asked is announced by a label, for new runs.
import { patched } from '@temporalio/workflow'
import type { AutomationInput, TextRef } from '../../../temporal/contracts.ts'
import { automation } from '../../../workflows/automations/kit.ts'

export * from '../../../workflows/index.ts'

export async function followUp(input: AutomationInput): Promise<void> {
  await automation<{ minutes: number; message: TextRef }>(input, async (kit, wanted) => {
    if (patched('follow-up-label')) await kit.addLabels('follow-up')
    if (!(await kit.waitForReply({ minutes: wanted.minutes })))
      await kit.sendMessage(wanted.message)
  })
}
