// Trading the code of a provider's popup, once. What it brought is kept in the draft before anything
// else is tried, so that a repeat goes on from there.

import type { Connection, FormConnect } from '../channels/channel.ts'
import { inTransaction } from '../db/client.ts'
import { lockDraft, readDraft, replaceDraft } from '../db/connect-drafts.ts'
import type { InboxRef } from '../temporal/contracts.ts'
import type { ActivityDeps } from './deps.ts'

/** A form that was filled in: with credentials, or with a code that stands for them. */
interface FormDraft extends Connection<object, object> {
  code?: string
  /** The credentials were traded for a code. */
  signedUp?: true
}

export function createSignUp({ db, vault }: ActivityDeps) {
  /** The draft with its credentials; undefined when it has expired. @throws ChannelError */
  async function filledIn(
    ref: InboxRef,
    draftId: string,
    connect: FormConnect,
  ): Promise<FormDraft | undefined> {
    const { accountId } = ref
    return inTransaction(db, async (trx) => {
      await lockDraft(trx, accountId, draftId)
      const draft = (await readDraft(trx, vault, ref, draftId)) as FormDraft | undefined
      if (!draft?.code || !connect.exchange) return draft
      const { code, ...rest } = draft
      const credentials = (await connect.exchange(code)) as object
      const traded: FormDraft = { ...rest, credentials, signedUp: true }
      await replaceDraft(trx, vault, accountId, draftId, traded)
      return traded
    })
  }

  return { filledIn }
}
