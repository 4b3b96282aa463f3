// A sign-in before there is an inbox: waited for, read by a workflow, and then there to choose from.
import type { Offers } from '../channels/channel.ts'
import type { SignInOutcome } from '../channels/consent.ts'
import { findSignIn } from '../db/consents.ts'
import type { ChannelType } from '../domain/inbox.ts'
import type { Deps } from './context.ts'

export type CompletedSignIn = { expiresAt: Date; channel: ChannelType } & (
  | { status: 'waiting' | 'reading' }
  | { status: 'failed'; failure: string }
  | { status: 'ready'; offers: Offers }
)

/**
 * As far as it has come. What the provider's answer opens is read now, unless that is done: so it goes
 * on by itself whoever was restarted meanwhile. Undefined: expired, or none of the account's.
 */
export async function completedSignIn(
  deps: Deps,
  accountId: number,
  draftId: string,
): Promise<CompletedSignIn | undefined> {
  const known = await signInOf(deps, accountId, draftId)
  if (known?.status !== 'reading') return known
  try {
    await deps.temporal.completeSignIn({ accountId, draftId })
  } catch (error) {
    deps.logger.warn({ error: (error as Error).name }, 'A sign-in is read later')
    return known
  }
  return signInOf(deps, accountId, draftId)
}

async function signInOf(
  { db, vault }: Deps,
  accountId: number,
  draftId: string,
): Promise<CompletedSignIn | undefined> {
  const found = await findSignIn(db, vault, accountId, draftId)
  if (!found) return undefined
  const { channel, offers, failure } = found.content as SignInOutcome
  const known = { expiresAt: found.expiresAt, channel }
  if (found.awaited) return { ...known, status: 'waiting' }
  if (offers) return { ...known, status: 'ready', offers }
  return failure ? { ...known, status: 'failed', failure } : { ...known, status: 'reading' }
}
