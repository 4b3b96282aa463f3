// Names for what the API answers with.
import type { paths } from '../../.cache/schema.ts'

type Account = '/api/v1/accounts/{account_id}'
type Answer<P extends keyof paths> = paths[P] extends {
  get: { responses: { 200: { content: { 'application/json': infer Body } } } }
}
  ? Body
  : never
type Item<P extends keyof paths> = Answer<P> extends { data: (infer One)[] } ? One : never

export type FacebookSignIn = Answer<`${Account}/inboxes/instagram/sign_ins/{id}`>
export type FacebookPage = FacebookSignIn['pages'][number]
export type Receiver = Item<`${Account}/inboxes/{id}/receivers`>
export type Session = Answer<'/api/v1/session'>
export type Inbox = Item<`${Account}/inboxes`>
/** One that is looked at by itself. */
export type InboxDetail = Answer<`${Account}/inboxes/{id}`>
export type Popup = NonNullable<Answer<`${Account}/inboxes/whatsapp_cloud/sign_up`>['popup']>
export type WidgetSettings = Answer<`${Account}/widgets/{id}`>
export type IdentityToken = Item<`${Account}/widgets/{id}/identity_tokens`>
export type WidgetScript = Answer<`${Account}/widgets/{id}/scripts`>['page'][number]
export type Health = Inbox['health']['receive']
export type Import = Answer<`${Account}/inboxes/{id}/import`>
export type TimelineEntry = Item<`${Account}/inboxes/{id}/timeline`>
export type Quarantined = Item<`${Account}/inboxes/{id}/quarantine`>
export type Agent = Answer<`${Account}/agents/{id}`>
export type Conversation = Answer<`${Account}/conversations/{id}`>
export type ListedConversation = Item<`${Account}/conversations`>
export type Message = Item<`${Account}/conversations/{id}/messages`>
export type Contact = Answer<`${Account}/contacts/{id}`>
export type EmailProvider = Item<`${Account}/email_providers`>
export type ReplyLimits = Answer<`${Account}/conversations/{id}/reply_limits`>
export type AttributeDefinition = Item<`${Account}/custom_attribute_definitions`>
export type PrivacyRequest = Item<`${Account}/privacy_requests`>
export type Team = Item<`${Account}/teams`>
export type Rule = Item<`${Account}/rules`>
export type RuleRun = Item<`${Account}/rule_runs`>
export type Vocabulary = Answer<`${Account}/rule_vocabulary`>
export type ApiKey = Item<`${Account}/api_keys`>
export type Webhook = Item<`${Account}/webhooks`>
export type Bot = Item<`${Account}/bots`>

export type Preflight =
  paths[`${Account}/inboxes/preflight`]['post']['responses'][200]['content']['application/json']
export type Discovery =
  paths[`${Account}/inboxes/discover`]['post']['responses'][200]['content']['application/json']
export type ConnectForm =
  paths[`${Account}/inboxes/preflight`]['post']['requestBody']['content']['application/json']
