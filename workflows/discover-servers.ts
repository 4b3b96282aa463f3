// From an address to its servers. The answer goes back in the draft: hosts and logins are nothing
// for a history.

import type { DraftRef } from '../temporal/contracts.ts'
import { provider } from './activities.ts'

export async function discoverServers(input: DraftRef): Promise<void> {
  await provider.discoverServers(input)
}
