// The words of rules: events, attributes, operators, actions and their fields.
import { useLingui } from '@lingui/react/macro'

export function useRuleWords() {
  const { t } = useLingui()
  const events: Record<string, string> = {
    conversation_created: t`A conversation is created`,
    conversation_updated: t`A conversation is changed`,
    conversation_opened: t`A conversation is opened`,
    conversation_resolved: t`A conversation is resolved`,
    message_created: t`A message is created`,
  }
  const operators: Record<string, string> = {
    equal_to: t`is`,
    not_equal_to: t`is not`,
    contains: t`contains`,
    does_not_contain: t`does not contain`,
    is_present: t`is present`,
    is_not_present: t`is not present`,
    is_greater_than: t`is greater than`,
    is_less_than: t`is less than`,
    days_before: t`is so many days ago`,
    changed: t`has changed`,
  }
  const attributes: Record<string, string> = {
    inbox_id: t`Inbox`,
    channel: t`Channel`,
    status: t`Status`,
    priority: t`Priority`,
    subject: t`Subject`,
    labels: t`Labels`,
    team_id: t`Team`,
    assignee_id: t`Assigned to`,
    assignee: t`Assigned AI agent`,
    created_at: t`Created`,
    last_message_at: t`Last message`,
  }
  const actions: Record<string, string> = {
    assign_claudia: t`Assign ClaudIA`,
    deliver_to_claudia: t`Deliver to ClaudIA`,
    assign_agent: t`Assign an agent`,
    assign_team: t`Assign a team`,
    assign_in_turn: t`Assign agents in turn`,
    add_label: t`Add labels`,
    remove_label: t`Remove labels`,
    change_status: t`Change the status`,
    snooze: t`Snooze`,
    set_priority: t`Set the priority`,
    mute: t`Mute`,
    send_message: t`Send a message`,
    add_note: t`Add a private note`,
    email_team: t`E-mail a team`,
    send_webhook: t`Call a webhook`,
    wait: t`Wait`,
    wait_for_reply: t`Wait for a reply`,
    run_workflow: t`Run a workflow`,
  }
  const fields: Record<string, string> = {
    agent_id: t`Agent`,
    team_id: t`Team`,
    webhook_id: 'Webhook',
    inbox_id: t`Inbox`,
    labels: t`Labels`,
    status: t`Status`,
    priority: t`Priority`,
    minutes: t`Minutes`,
    business_hours: t`Business hours only`,
    content: t`Text`,
    from: t`From whom`,
    workflow: t`Workflow`,
  }
  return { events, operators, attributes, actions, fields }
}

/** What has no word of its own is shown by its name. */
export const wordOf = (words: Record<string, string>, name: string) =>
  words[name] ?? name.replaceAll(/[._]/g, ' ')
