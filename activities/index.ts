// All activities, grouped by the preset and queue that workflows/activities.ts gives them.

import { createAutomationActivities } from './automation-steps.ts'
import { createConnectActivities } from './connect.ts'
import { createConversationActivities } from './conversation.ts'
import type { ActivityDeps } from './deps.ts'
import { createDiscoveryActivities } from './discover.ts'
import { pacing } from './failures.ts'
import { createAttachmentActivities } from './fetch-attachments.ts'
import { createQuarantineActivities } from './fetch-quarantined.ts'
import { createImportActivities } from './import.ts'
import { createInboxActivities } from './inbox.ts'
import { createNoticeActivities } from './notices.ts'
import { createPrivacyActivities } from './privacy.ts'
import { createAccessActivities } from './provider-access.ts'
import { createRetentionActivities } from './retention.ts'
import { createRuleStepActivities } from './rule-steps.ts'
import { createSendActivities } from './send.ts'
import { createSignIn } from './sign-in.ts'
import { createWatchActivities } from './watch.ts'
import { createWebhookActivities } from './webhooks.ts'

/** Names are unique across groups, since a queue may serve several. */
export function createActivities(deps: ActivityDeps) {
  const { provider } = createConnectActivities(deps)
  return {
    ...createInboxActivities(deps),
    provider: {
      ...provider,
      ...createAccessActivities(deps).provider,
      ...createDiscoveryActivities(deps),
      ...createSignIn(deps).provider,
      ...createQuarantineActivities(deps),
    },
    ...createWatchActivities(deps),
    ...createConversationActivities(deps),
    ...createRuleStepActivities(deps),
    ...createAutomationActivities(deps),
    ...createWebhookActivities(deps),
    ...createNoticeActivities(deps),
    ...createPrivacyActivities(deps),
    ...createRetentionActivities(deps),
    importing: pacing({ ...createImportActivities(deps), ...createAttachmentActivities(deps) }),
    sending: createSendActivities(deps),
  }
}

export type Activities = ReturnType<typeof createActivities>
