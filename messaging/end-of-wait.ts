// When a wait is over, in the account's own time.

import { findAccount } from '../db/accounts.ts'
import type { Database } from '../db/client.ts'
import { afterWorkingTime, type OpenHours } from '../domain/business-hours.ts'

export async function endOfWait(
  db: Database,
  accountId: number,
  start: Date,
  { minutes, business_hours }: { minutes: number; business_hours?: boolean | undefined },
): Promise<Date> {
  if (business_hours) {
    const account = await findAccount(db, accountId)
    const hours = (account?.business_hours ?? []) as OpenHours[]
    return afterWorkingTime(start, minutes, { hours, timeZone: account?.timezone ?? 'UTC' })
  }
  return new Date(start.getTime() + minutes * 60_000)
}
