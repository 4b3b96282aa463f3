// A sign-in at a provider, begun by a key and bound to a browser: what our own page and the callback
// are about. The provider is called by an activity alone.
import type { Consent, OAuthConnect } from '../channels/channel.ts'
import { newConsent } from '../channels/consent.ts'
import { type Database, inTransaction } from '../db/client.ts'
import { saveConsent } from '../db/consents.ts'
import type { InboxRow } from '../db/inboxes.ts'
import { askInbox } from '../db/outbox.ts'
import type { ChannelType } from '../domain/inbox.ts'
import type { InboxRef } from '../temporal/contracts.ts'
import type { Deps } from './context.ts'
import { apiError, invalidField } from './errors.ts'
import { Nullable, type Static, Time, Type } from './schemas.ts'

export const AuthorizationSchema = Nullable(
  Type.Object(
    { url: Type.String(), expires_at: Time },
    { description: 'Where a person signs in, once; null when nobody has to.' },
  ),
)
export type Authorization = Static<typeof AuthorizationSchema>

export const ReturnUrl = Type.String({
  format: 'uri',
  maxLength: 2000,
  description: 'Where the browser goes afterwards; one of those the operator allows.',
})

/** What waits, sealed, for the provider to send the person back. */
export interface ConsentDraft {
  settings: object
  consent: Consent
  channel: ChannelType
  actorUserId: number
  returnUrl: string | null
}

export interface Beginning {
  channel: ChannelType
  settings: object
  actorUserId: number
  returnUrl?: string | undefined
  /** Asks anew for what was declined before. */
  again?: boolean
}

/** The channel's sign-in. @throws sign_in_not_configured when the operator has registered no app */
export function signInOf({ channels }: Deps, channel: ChannelType): OAuthConnect | undefined {
  const { connect } = channels.of(channel)
  if (connect.kind !== 'oauth') return undefined
  if (!connect.configured) throw apiError('sign_in_not_configured', { channel })
  return connect
}

/**
 * A link to our own page, good for half an hour and one sign-in. An earlier one of the inbox ends.
 * Without an inbox (0) the draft is what the choice is made from.
 * @throws invalid_request when the return address is not allowed
 */
export async function beginConsent(
  { config, vault }: Deps,
  db: Database,
  ref: InboxRef,
  { channel, settings, actorUserId, returnUrl, again = false }: Beginning,
): Promise<{ draftId: string; authorization: NonNullable<Authorization> }> {
  if (returnUrl !== undefined && !isAllowed(config.returnUrls, returnUrl)) {
    throw invalidField('return_url', 'return_url_not_allowed')
  }
  const consent = { ...newConsent(`${config.publicUrl}/oauth/${channel}/callback`), again }
  const { state } = consent
  const draft: ConsentDraft = {
    settings,
    consent,
    channel,
    actorUserId,
    returnUrl: returnUrl ?? null,
  }
  const { draftId, expiresAt } = await saveConsent(db, vault, ref, state, draft)
  const url = `${config.publicUrl}/connect/${state}`
  return { draftId, authorization: { url, expires_at: expiresAt.toISOString() } }
}

/** The same for an inbox that exists, with the settings it has. */
export function beginAgain(
  deps: Deps,
  row: InboxRow,
  by: Pick<Beginning, 'actorUserId' | 'returnUrl'>,
): Promise<Authorization> {
  const ref = { accountId: row.account_id, inboxId: row.id }
  const settings = row.settings as object
  return inTransaction(deps.db, async (trx) => {
    const { authorization } = await beginConsent(deps, trx, ref, {
      channel: row.channel,
      settings,
      again: [row.receive_reason, row.send_reason].some((reason) => reason && DECLINED.has(reason)),
      ...by,
    })
    // It waits for this one from now on.
    await askInbox(trx, ref, 'changed')
    return authorization
  })
}

/** A provider that was told no does not ask a second time unless it is made to. */
const DECLINED = new Set(['meta_permission_missing', 'page_not_granted'])

/** Scheme, host and port are those of an allowed address, and the path lies below its own. */
function isAllowed(allowed: readonly string[], wanted: string): boolean {
  if (!URL.canParse(wanted)) return false
  const { origin, pathname, username, password } = new URL(wanted)
  if (username || password) return false
  return allowed.some((item) => {
    const base = new URL(item)
    const folder = base.pathname.replace(/\/*$/, '/')
    return origin === base.origin && (pathname === base.pathname || pathname.startsWith(folder))
  })
}
