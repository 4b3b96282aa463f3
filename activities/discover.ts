// Asking the world which servers an address has, before there is an inbox.

import { ApplicationFailure } from '@temporalio/common'
import { discover } from '../channels/email/index.ts'
import { readDraft, replaceDraft } from '../db/connect-drafts.ts'
import { type DraftRef, WORKFLOW_FAILURES } from '../temporal/contracts.ts'
import type { ActivityDeps } from './deps.ts'

export function createDiscoveryActivities({ db, vault, policy }: ActivityDeps) {
  return {
    /** Adds `discovery` to the draft's `{address}`. */
    async discoverServers({ accountId, draftId }: DraftRef): Promise<void> {
      const draft = await readDraft(db, vault, { accountId, inboxId: 0 }, draftId)
      if (!draft) {
        throw ApplicationFailure.create({
          type: WORKFLOW_FAILURES.DraftExpired,
          message: 'draft_expired',
          nonRetryable: true,
        })
      }
      const { address } = draft as { address: string }
      const discovery = await discover(address, policy)
      await replaceDraft(db, vault, accountId, draftId, { address, discovery })
    },
  }
}
