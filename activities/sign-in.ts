// Trading the code of a sign-in, once, whoever asks for it and however often.

import type { Consent, OAuthConnect, OAuthCredentials } from '../channels/channel.ts'
import { WrongAccount } from '../channels/errors.ts'
import { inTransaction } from '../db/client.ts'
import { lockDraft, readDraft, replaceDraft } from '../db/connect-drafts.ts'
import { addToTimeline } from '../db/timeline.ts'
import type { InboxRef } from '../temporal/contracts.ts'
import type { ActivityDeps } from './deps.ts'

/** What a sign-in's draft holds: first the code, then what it was traded for. */
export interface SignInDraft {
  settings: object
  actorUserId?: number
  consent?: Consent
  code?: string
  credentials?: OAuthCredentials
  /** Somebody else than the mailbox's owner: told to the person who waits, and nowhere else. */
  signedInAs?: string
}

export function createSignIn({ db, vault }: ActivityDeps) {
  /**
   * The draft with its credentials. What the code was traded for is kept there at once, so that a
   * repeat goes on from it. Undefined when the draft has expired.
   * @throws ChannelError
   */
  async function signedIn(
    ref: InboxRef,
    draftId: string,
    connect: OAuthConnect,
  ): Promise<SignInDraft | undefined> {
    const { accountId } = ref
    const outcome = await inTransaction(db, async (trx) => {
      await lockDraft(trx, accountId, draftId)
      const draft = (await readDraft(trx, vault, ref, draftId)) as SignInDraft | undefined
      if (draft?.signedInAs) return { error: new WrongAccount(draft.signedInAs), told: true }
      if (!draft?.consent || !draft.code) return { draft }
      const { consent, code, ...rest } = draft
      const keep = async (what: Partial<SignInDraft>) => {
        const kept = { ...rest, ...what }
        await replaceDraft(trx, vault, accountId, draftId, kept)
        return kept
      }
      try {
        return {
          draft: await keep({ credentials: await connect.exchange(draft.settings, consent, code) }),
        }
      } catch (error) {
        if (!(error instanceof WrongAccount)) throw error
        await keep({ signedInAs: error.signedInAs })
        return { error }
      }
    })
    if (!outcome.error) return outcome.draft
    const { error, told } = outcome
    if (!told) await addToTimeline(db, ref, 'wrong_account', { signed_in_as: error.signedInAs })
    throw error
  }

  return { signedIn }
}
