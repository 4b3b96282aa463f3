// Access that a sign-in gave: fresh where it is used, renewed by one at a time, stored before use.

import type { OAuthConnect, OAuthCredentials, Renewal } from '../channels/channel.ts'
import { ChannelError } from '../channels/errors.ts'
import { type Access, lockCredentials, writeRenewed } from '../db/access-tokens.ts'
import { inTransaction } from '../db/client.ts'
import type { InboxRef } from '../temporal/contracts.ts'
import type { ActivityDeps } from './deps.ts'
import { again } from './failures.ts'
import { createTurns } from './turns.ts'

/**
 * Renewals of one process at a time. Each holds a connection to Postgres while it asks the provider:
 * a slow provider must not take them all.
 */
const inTurn = createTurns(8)

const DAY_MS = 86_400_000

export function createAccessTokens({ db, vault, clock, logger }: ActivityDeps) {
  /**
   * The credentials as they may be used now. `refused`: an access token that the mail server did not
   * take, so that another is wanted whatever its age.
   * @throws ChannelError
   */
  async function freshCredentials(
    ref: InboxRef,
    renewal: Renewal,
    stored: OAuthCredentials,
    refused?: string,
  ): Promise<OAuthCredentials> {
    const isUsable = (now: OAuthCredentials) => now.access_token !== refused && !isDue(ref, now)
    return isUsable(stored) ? stored : renewCredentials(ref, renewal, isUsable)
  }

  /** Under the row's lock. `isEnough`: somebody else has renewed them meanwhile. */
  function renewCredentials(
    ref: InboxRef,
    renewal: Renewal,
    isEnough: (now: OAuthCredentials) => boolean,
  ): Promise<OAuthCredentials> {
    return inTurn(() =>
      inTransaction(db, async (trx) => {
        const current = (await lockCredentials(trx, vault, ref)) as OAuthCredentials | undefined
        if (!current) throw again('The inbox was disconnected', 1)
        if (isEnough(current)) return current
        // A rotated token that is lost between here and the commit leaves the one before it good.
        const fresh = await renewal.refresh(current).catch((error) => {
          tellOperator(ref, error)
          throw error
        })
        await writeRenewed(trx, vault, ref, fresh, keepAliveAt(renewal))
        return fresh
      }),
    )
  }

  /** Every inbox of the app fails alike, and only who runs the installation can mend it. */
  function tellOperator({ inboxId }: InboxRef, error: unknown): void {
    if (!(error instanceof ChannelError) || error.details.reason !== 'oauth_app_broken') return
    const { evidence } = error.details
    logger.error({ inbox_id: inboxId, evidence }, 'The sign-in app is refused by its provider')
  }

  function accessOf({ ownerOf, renewal }: OAuthConnect, credentials: unknown): Access {
    return {
      owner: ownerOf(credentials),
      keepAliveAt: renewal ? keepAliveAt(renewal) : null,
    }
  }

  function keepAliveAt({ keepAliveDays }: Renewal): Date {
    return new Date(clock().getTime() + keepAliveDays * DAY_MS)
  }

  return { freshCredentials, renewCredentials, accessOf }
}

/**
 * In the last tenth to fifth of its life. Inboxes that signed in together are spread over that time
 * by their ids, the same in every process.
 */
export function isDue(
  { inboxId }: Pick<InboxRef, 'inboxId'>,
  { minted_at, expires_at }: Pick<OAuthCredentials, 'minted_at' | 'expires_at'>,
  now = Date.now(),
): boolean {
  const expires = Date.parse(expires_at)
  const life = expires - Date.parse(minted_at)
  const spread = (Math.imul(inboxId, 0x9e3779b1) >>> 0) / 2 ** 32
  return now >= expires - life * (0.1 + 0.1 * spread)
}
