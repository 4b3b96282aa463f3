// English texts of rules: why one cannot be saved, and why an action was not done.
import type { Text } from './shape.ts'

export const enRules = {
  closes_before_it_opens: ['It closes before it opens.', 'Enter times such as 09:00 and 18:00.'],
  conversation_gone: ['The conversation does not exist any more.', 'Nothing to do.'],
  cancelled: ['Somebody ended the automation.', 'Nothing to do.'],
  bug: [
    'The automation failed by a fault of its own.',
    'Tell its author; the Temporal UI shows the fault.',
  ],
  running: ['The automation is running.', 'Nothing to do.'],
  unknown_condition_attribute: ['There is no such attribute.', 'Choose one from rule_vocabulary.'],
  event_has_no_message: [
    'This event has no message to ask about.',
    'Choose another event, or leave this out.',
  ],
  event_changes_nothing: [
    'Only conversation_updated tells what changed.',
    'Choose that event, or another operator.',
  ],
  unknown_operator: ['There is no such operator.', 'Choose one from rule_vocabulary.'],
  operator_does_not_fit: [
    'This operator makes no sense for this attribute.',
    'Choose an operator of the attribute.',
  ],
  not_a_condition: ['This is not a condition.', 'Send attribute, operator and values, or a group.'],
  takes_no_values: ['This operator compares with nothing.', 'Leave the values empty.'],
  takes_one_value: ['This operator compares with one value.', 'Send exactly one.'],
  needs_values: ['There is nothing to compare with.', 'Send at least one value.'],
  value_does_not_fit: ['A value does not fit the attribute.', 'Send values of its kind.'],
  nested_too_deeply: ['Groups are nested too deeply.', 'Use at most five levels.'],
  too_many_conditions: ['There are too many conditions.', 'Use at most 50, or several rules.'],
  too_many_actions: ['There are too many actions.', 'Use at most 20.'],
  never_together: [
    'This never holds together with an earlier condition of the group.',
    'Put them into an `any` group.',
  ],
  unknown_action: ['There is no such action.', 'Choose one from rule_vocabulary.'],
  unknown_field: ['The action has no such field.', 'Leave it out.'],
  not_a_text: ['This is not a text.', 'Send a text of up to 10000 characters.'],
  not_a_labels: ['These are not labels.', 'Send 1 to 20 labels.'],
  not_a_boolean: ['This is neither true nor false.', 'Send true or false.'],
  not_a_choice: ['This is not one of the options.', 'Choose an option of the field.'],
  not_a_minutes: ['This is not a number of minutes.', 'Send a whole number, up to 184 days.'],
  not_a_reference: ['This is not an id.', 'Send the id of something in the account.'],
  not_a_automation: ['This is not the name of a workflow.', 'Choose one from rule_vocabulary.'],
  workflow_not_found: ['There is no such workflow.', 'Choose one from rule_vocabulary.'],
  agent_not_here: ['There is no such agent.', 'Choose an agent of the account.'],
  team_not_here: ['There is no such team.', 'Choose a team of the account.'],
  inbox_not_here: ['There is no such inbox.', 'Choose an inbox of the account.'],
  webhook_not_here: ['There is no such webhook.', 'Choose a webhook of the account.'],
  answered_with_later: [
    'A later message came at once; ClaudIA was asked with that one.',
    'Nothing to do.',
  ],
  replied: ['A reply came in time.', 'Nothing to do.'],
  resolved_meanwhile: ['The conversation was resolved meanwhile.', 'Nothing to do.'],
  flood: [
    'Rules ran too often in this conversation, as when robots answer each other.',
    'A person should look at it; rules go on after ten quiet minutes.',
  ],
  nobody_available: ['Nobody of the inbox or team is online.', 'Assign the conversation by hand.'],
  gave_up_step: ['Nobody answered there for a day.', 'Check the endpoint or the mail relay.'],
  webhook_unreachable: ['The webhook does not answer.', 'Check its endpoint.'],
  webhook_not_found: [
    'The webhook of the rule does not exist any more.',
    'Choose another webhook in the rule.',
  ],
  webhook_gone: [
    'The webhook says that it is gone for good.',
    'Choose another webhook in the rule.',
  ],
  no_mail_relay: [
    'This installation sends no mail of its own.',
    'Ask the operator to set SYSTEM_SMTP_URL.',
  ],
  team_is_empty: ['The team has no members.', 'Add people to the team.'],
} satisfies Record<string, Text>
