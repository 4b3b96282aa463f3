// Access between its uses: kept from dying of rest, and given back when an inbox is disconnected.

import { Context } from '@temporalio/activity'
import { ChannelError } from '../channels/errors.ts'
import { isSharedAccess, keepAliveAt } from '../db/access-tokens.ts'
import { readCredentials } from '../db/credentials.ts'
import { sharesProviderId } from '../db/pushed-inboxes.ts'
import { addToTimeline } from '../db/timeline.ts'
import type { InboxRef } from '../temporal/contracts.ts'
import { createAccessTokens } from './access-tokens.ts'
import { createAddresses } from './addresses.ts'
import type { ActivityDeps } from './deps.ts'
import { translating } from './failures.ts'
import { readSyncState } from './state/sync-state.ts'

export function createAccessActivities(deps: ActivityDeps) {
  const { db, vault, channels, clock } = deps
  const addresses = createAddresses(deps)
  const { renewCredentials } = createAccessTokens(deps)

  return {
    provider: translating({
      /** Renews what nobody has used for long, such as that of a paused inbox. */
      async keepAccess(ref: InboxRef): Promise<void> {
        const state = await readSyncState(db, ref)
        const due = await keepAliveAt(db, ref)
        if (!state || !due || due > clock()) return
        const { connect } = channels.of(state.channel)
        if (connect.kind !== 'oauth' || !connect.renewal) return
        const { renewal } = connect
        const mintedBefore = clock().getTime() - renewal.keepAliveDays * 86_400_000
        await renewCredentials(ref, renewal, (now) => Date.parse(now.minted_at) > mintedBefore)
      },

      /**
       * Takes back at the provider what connecting set up there. The inbox goes either way: what the
       * provider does not do is on the timeline.
       */
      async releaseAccess(ref: InboxRef): Promise<void> {
        const state = await readSyncState(db, ref)
        const credentials = await readCredentials(db, vault, ref.accountId, ref.inboxId)
        if (!state || !credentials) return
        const { connect, callback, disconnect } = channels.of(state.channel)
        const revoke = connect.kind === 'oauth' ? connect.revoke : undefined
        const connection = { settings: state.settings, credentials }
        try {
          await callback?.restore(connection, addresses.webhook(state.channel, ref.inboxId))
          // Else the app would not be told of another number of the same account any more.
          if (!(await sharesProviderId(db, ref))) await disconnect?.(connection)
          if (revoke && !(await isSharedAccess(db, ref))) await revoke(credentials)
        } catch (error) {
          if (!(error instanceof ChannelError)) throw error
          const passes = error.kind === 'Unavailable' || error.kind === 'RateLimited'
          if (passes && !isLastTry()) throw error
          await addToTimeline(db, ref, 'not_taken_back', { ...error.details })
        }
      },
    }),
  }
}

function isLastTry(): boolean {
  const { attempt, retryPolicy } = Context.current().info
  return attempt >= (retryPolicy?.maximumAttempts ?? Number.POSITIVE_INFINITY)
}
