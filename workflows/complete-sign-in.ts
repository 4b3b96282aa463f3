// A person has come back from the provider, and no inbox waits for it yet: what the sign-in opens goes
// into its draft, since names of pages are nothing for a history.

import type { DraftRef } from '../temporal/contracts.ts'
import { provider } from './activities.ts'

export async function completeSignIn(input: DraftRef): Promise<void> {
  await provider.completeSignIn(input)
}
