// Access between its uses: kept from dying of rest, and given back when an inbox is disconnected.

import { ChannelError } from '../channels/errors.ts'
import { isSharedAccess, keepAliveAt } from '../db/access-tokens.ts'
import { readCredentials } from '../db/credentials.ts'
import type { InboxRef } from '../temporal/contracts.ts'
import { createAccessTokens } from './access-tokens.ts'
import type { ActivityDeps } from './deps.ts'
import { translating } from './failures.ts'
import { readSyncState } from './state/sync-state.ts'

export function createAccessActivities(deps: ActivityDeps) {
  const { db, vault, channels, clock, logger } = deps
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
       * provider does not do is logged.
       */
      async releaseAccess(ref: InboxRef): Promise<void> {
        const state = await readSyncState(db, ref)
        const credentials = await readCredentials(db, vault, ref.accountId, ref.inboxId)
        if (!state || !credentials) return
        const { connect, disconnect } = channels.of(state.channel)
        const revoke = connect.kind === 'oauth' ? connect.revoke : undefined
        try {
          await disconnect?.({ settings: state.settings, credentials })
          if (revoke && !(await isSharedAccess(db, ref))) await revoke(credentials)
        } catch (error) {
          if (!(error instanceof ChannelError)) throw error
          if (error.kind === 'Unavailable' || error.kind === 'RateLimited') throw error
          const { reason } = error.details
          logger.warn({ inbox_id: ref.inboxId, reason }, 'The provider did not take access back')
        }
      },
    }),
  }
}
