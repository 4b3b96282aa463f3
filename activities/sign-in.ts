// Trading the code of a sign-in, once, whoever asks for it and however often, and finding what it
// opens: the inbox's account, or the things of which a person chooses one.

import type { Consent, OAuthConnect } from '../channels/channel.ts'
import type { SignInOutcome } from '../channels/consent.ts'
import { ChannelError, WrongAccount } from '../channels/errors.ts'
import { inTransaction, type Trx } from '../db/client.ts'
import { lockDraft, readDraft, replaceDraft } from '../db/connect-drafts.ts'
import { addToTimeline } from '../db/timeline.ts'
import type { DraftRef, InboxRef } from '../temporal/contracts.ts'
import type { ActivityDeps } from './deps.ts'
import { translating } from './failures.ts'

/** What a sign-in's draft holds: first the code, then what it was traded for. */
export interface SignInDraft {
  settings: object
  actorUserId?: number
  consent?: Consent
  code?: string
  /** What opens the choice; it goes when that is read. */
  grant?: unknown
  credentials?: object
  /** Somebody else than the inbox's owner: told to the person who waits, and nowhere else. */
  signedInAs?: string
}

export function createSignIn({ db, vault, channels }: ActivityDeps) {
  /**
   * The draft with the credentials of the inbox's own account. Undefined when it has expired.
   * @throws ChannelError
   */
  async function signedIn(
    ref: InboxRef,
    draftId: string,
    connect: OAuthConnect,
  ): Promise<SignInDraft | undefined> {
    const traded = await trade(ref, draftId, connect)
    const draft = traded?.grant === undefined ? traded : await choose(ref, draftId, connect, traded)
    if (draft?.signedInAs) throw new WrongAccount(draft.signedInAs, connect.choice?.missing)
    return draft
  }

  /** What the code was traded for is kept at once, so that a repeat goes on from it. */
  function trade(
    ref: InboxRef,
    draftId: string,
    { exchange, choice }: OAuthConnect,
  ): Promise<SignInDraft | undefined> {
    return inTransaction(db, async (trx) => {
      await lockDraft(trx, ref.accountId, draftId)
      const draft = (await readDraft(trx, vault, ref, draftId)) as SignInDraft | undefined
      if (!draft?.consent || !draft.code) return draft
      const { consent, code, ...rest } = draft
      try {
        const grant = await exchange(draft.settings, consent, code)
        const kept = { ...rest, ...(choice ? { grant } : { credentials: grant as object }) }
        await replaceDraft(trx, vault, ref.accountId, draftId, kept)
        return kept
      } catch (error) {
        if (!(error instanceof WrongAccount)) throw error
        return refuse(trx, ref, draftId, rest, error.signedInAs)
      }
    })
  }

  /** Of all that was granted the one that the inbox is made of. */
  async function choose(
    ref: InboxRef,
    draftId: string,
    { choice }: OAuthConnect,
    { grant, ...draft }: SignInDraft,
  ): Promise<SignInDraft> {
    const { items } = await choice!.list(grant)
    const own = items.find(({ key }) => key === choice!.keyOf(draft.settings))
    if (!own && items.length > 0) {
      const names = items.map(({ name }) => name).join(', ')
      return inTransaction(db, (trx) => refuse(trx, ref, draftId, draft, names))
    }
    if (!own?.connectable) {
      throw new ChannelError('ActionRequired', { reason: own?.faults[0] ?? 'no_page_granted' })
    }
    const settings = { ...draft.settings, ...own.settings }
    const kept = { ...draft, settings, credentials: own.credentials }
    await replaceDraft(db, vault, ref.accountId, draftId, kept)
    return kept
  }

  async function refuse(
    trx: Trx,
    ref: InboxRef,
    draftId: string,
    draft: SignInDraft,
    signedInAs: string,
  ): Promise<SignInDraft> {
    const kept = { ...draft, signedInAs }
    await replaceDraft(trx, vault, ref.accountId, draftId, kept)
    await addToTimeline(trx, ref, 'wrong_account', { signed_in_as: signedInAs })
    return kept
  }

  const provider = translating({
    /** What a sign-in opens, kept in its draft; so is a refusal that no repeat would mend. */
    async completeSignIn({ accountId, draftId }: DraftRef): Promise<void> {
      const nobody = { accountId, inboxId: 0 }
      const draft = (await readDraft(db, vault, nobody, draftId)) as SignInOutcome | undefined
      if (!draft || draft.offers || draft.failure) return
      const { channel } = draft
      const { connect } = channels.of(channel)
      if (connect.kind !== 'oauth' || !connect.choice) throw new Error(`${channel} has no choice`)
      const keep = (outcome: Omit<SignInOutcome, 'channel'>) =>
        replaceDraft(db, vault, accountId, draftId, { channel, ...outcome })
      try {
        const traded = await trade(nobody, draftId, connect)
        // It has expired meanwhile, or somebody else was quicker.
        if (traded?.grant === undefined) return
        const offers = await connect.choice.list(traded.grant)
        await keep(offers.items.length > 0 ? { offers } : { failure: 'no_page_granted' })
      } catch (error) {
        if (!(error instanceof ChannelError) || MENDED_BY_TIME.has(error.kind)) throw error
        await keep({ failure: error.details.reason })
      }
    },
  })

  return { signedIn, provider }
}

const MENDED_BY_TIME = new Set(['Unavailable', 'RateLimited'])
