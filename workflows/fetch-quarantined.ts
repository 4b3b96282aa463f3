// A mail in quarantine, fetched whole for a person who wants to see it. It goes to the storage: no mail
// is ever in a history.

import type { FetchedMail, QuarantineRef } from '../temporal/contracts.ts'
import { provider } from './activities.ts'

export async function fetchQuarantined(ref: QuarantineRef): Promise<FetchedMail> {
  return provider.fetchQuarantined(ref)
}
