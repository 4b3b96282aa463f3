// The tables as Kysely sees them; the migrations are the truth, and a test compares the two.

import type {
  AccountChangeTable,
  AccountEventTable,
  AccountTable,
  ApiKeyTable,
  ApiPresenceTable,
  IdempotencyKeyTable,
  NotificationTable,
  TeamMemberTable,
  TeamTable,
  TokenBucketTable,
  UserTable,
  WebhookDeliveryTable,
  WebhookTable,
} from './schema/accounts.ts'
import type {
  ActionReceiptTable,
  AutomationReceiptTable,
  AutomationRuleTable,
  BotEventTable,
  BotTable,
  CustomAttributeDefinitionTable,
  RuleRunTable,
  TeamMailTable,
} from './schema/automation.ts'
import type {
  AttachmentTable,
  ContactIdentityTable,
  ContactTable,
  ConversationTable,
  DueWordsTable,
  MessageLocationTable,
  MessageRefTable,
  MessageTable,
  MessageWordsTable,
  OutboxTable,
  SendAttemptTable,
  StoredObjectTable,
} from './schema/conversation.ts'
import type {
  AccountUpdateTable,
  ByteBudgetTable,
  ChannelCursorTable,
  ConnectDraftTable,
  CredentialTable,
  ImportTable,
  InboundDeliveryTable,
  InboxMemberTable,
  InboxTable,
  IncidentNoticeTable,
  IncidentTable,
  MessageTemplateTable,
  PhoneShareTable,
  QuarantineTable,
  ReceiverTable,
  TimelineTable,
  WaitingChangeTable,
} from './schema/inbox.ts'
import type { PrivacyRequestTable, TombstoneTable } from './schema/privacy.ts'
import type {
  VisitorEventTable,
  VisitorFeedTable,
  WidgetConversationTable,
  WidgetSessionTable,
  WidgetSightingTable,
} from './schema/widget.ts'

export interface Schema {
  accounts: AccountTable
  account_changes: AccountChangeTable
  users: UserTable
  api_keys: ApiKeyTable
  idempotency_keys: IdempotencyKeyTable
  teams: TeamTable
  team_members: TeamMemberTable
  custom_attribute_definitions: CustomAttributeDefinitionTable
  notifications: NotificationTable
  webhooks: WebhookTable
  webhook_deliveries: WebhookDeliveryTable
  account_events: AccountEventTable
  token_buckets: TokenBucketTable
  api_presence: ApiPresenceTable
  inboxes: InboxTable
  inbox_members: InboxMemberTable
  credentials: CredentialTable
  connect_drafts: ConnectDraftTable
  channel_cursors: ChannelCursorTable
  imports: ImportTable
  byte_budgets: ByteBudgetTable
  phone_shares: PhoneShareTable
  quarantine: QuarantineTable
  inbound_deliveries: InboundDeliveryTable
  waiting_changes: WaitingChangeTable
  receivers: ReceiverTable
  account_updates: AccountUpdateTable
  message_templates: MessageTemplateTable
  incidents: IncidentTable
  incident_notices: IncidentNoticeTable
  timeline: TimelineTable
  contacts: ContactTable
  contact_identities: ContactIdentityTable
  conversations: ConversationTable
  messages: MessageTable
  message_locations: MessageLocationTable
  message_refs: MessageRefTable
  message_words: MessageWordsTable
  due_words: DueWordsTable
  attachments: AttachmentTable
  stored_objects: StoredObjectTable
  tombstones: TombstoneTable
  privacy_requests: PrivacyRequestTable
  send_attempts: SendAttemptTable
  outbox: OutboxTable
  automation_rules: AutomationRuleTable
  rule_runs: RuleRunTable
  action_receipts: ActionReceiptTable
  automation_receipts: AutomationReceiptTable
  team_mails: TeamMailTable
  bots: BotTable
  bot_events: BotEventTable
  widget_sessions: WidgetSessionTable
  widget_conversations: WidgetConversationTable
  visitor_feeds: VisitorFeedTable
  visitor_events: VisitorEventTable
  widget_sightings: WidgetSightingTable
}
