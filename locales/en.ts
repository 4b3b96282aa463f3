// English texts of the server, by code. The shape that every other language has to have.
import { errors } from './en-errors.ts'
import { enMeta } from './en-meta.ts'
import { operatorPhrases } from './en-operators.ts'
import { enRules } from './en-rules.ts'
import { signInPhrases, signInReasons } from './en-sign-in.ts'
import type { Text } from './shape.ts'

const reasons = {
  ...signInReasons,
  ...enMeta,
  identity_proved: ['The identifier is proved by its hash.', 'Nothing needs to be done.'],
  identity_not_proved: [
    'Anybody could have said this.',
    'Send identifier_hash from your back end to show earlier conversations.',
  ],
  identifier_hash_wrong: [
    'identifier_hash does not match the identifier.',
    'Make it in the back end: hex HMAC-SHA256 of the user id with the widget’s token.',
  ],
  identifier_hash_missing: [
    'This widget takes signed identifiers only.',
    'Send identifier_hash, made in your back end for this user.',
  ],
  contact_key_missing: [
    'Neither a usable e-mail nor a phone number was given.',
    'Give email, or phone_number in international form such as +5511999999999.',
  ],
  not_a_domain: [
    'This is not a domain.',
    'Write example.com, *.example.com or localhost, without a path.',
  ],
  needs_identity_validation: [
    'Several conversations need identity validation.',
    'Switch identity validation on first.',
  ],
  needs_multiple_conversations: [
    'A history of all channels needs several conversations.',
    'Switch several conversations per user on first.',
  ],
  not_after_from: ['The end must come after the beginning.', 'Correct the opening times.'],
  ...enRules,
  wrong_password: [
    'The mail server refused login or password.',
    'Reconnect with the right password; with two-factor authentication use an app password.',
  ],
  login_refused: [
    'The mail server refused the login without saying why.',
    'We try once more in a minute. Check login and password meanwhile.',
  ],
  needs_app_password: [
    'The provider wants an app password.',
    'Make an app password in the mailbox provider’s security settings and reconnect with it.',
  ],
  needs_oauth: [
    'The provider no longer accepts passwords here.',
    'Connect the mailbox by signing in with Google or Microsoft.',
  ],
  imap_disabled: [
    'IMAP is switched off for this mailbox.',
    'Switch IMAP on in the mailbox settings.',
  ],
  provider_challenge: [
    'The provider wants a login in the browser first.',
    'Sign in to the mailbox in a browser, confirm it was you, then check again.',
  ],
  smtp_auth_disabled: [
    'The mail server does not allow sending with a login.',
    'Ask the mail administrator to enable authenticated SMTP for this mailbox.',
  ],
  tls_required: ['The server wants an encrypted connection.', 'Choose TLS or STARTTLS.'],
  tls_failed: ['No encrypted connection came about.', 'Check port and encryption.'],
  starttls_not_offered: [
    'The server does not offer the chosen encryption, so the password was not sent.',
    'Ask the server’s administrator. If you changed servers, reconnect with other settings.',
  ],
  login_not_offered: [
    'The server offers no login for sending.',
    'Use the port for sending with a login: usually 587 with STARTTLS or 465 with TLS.',
  ],
  certificate: [
    'The certificate of the mail server could not be verified.',
    'Renew the certificate of the server, or have an administrator reset the check.',
  ],
  host_not_found: ['The server name has no address.', 'Check the spelling of the server address.'],
  host_not_allowed: [
    'This server or port may not be called.',
    'Use a public mail server on a usual port, or ask the operator to allow it.',
  ],
  invalid_host: ['This is not the name of a server.', 'Enter a name such as imap.example.com.'],
  private_address: [
    'The server has a private address.',
    'Use a public mail server, or ask the operator to allow it.',
  ],
  connection_refused: ['The server refused the connection.', 'Check server address and port.'],
  connection_lost: ['The server ended the connection.', 'Nothing to do: we try again.'],
  connection_lost_over_it: [
    'The server ends the connection at this mail.',
    'Retry it, or read it in the mailbox.',
  ],
  timeout: ['The server did not answer in time.', 'Nothing to do: we try again.'],
  server_unavailable: ['The server is not available.', 'Nothing to do: we try again.'],
  too_many_connections: ['The mailbox has too many connections.', 'Nothing to do: we try again.'],
  throttled: ['The provider asks us to slow down.', 'Nothing to do: we try again.'],
  over_quota: ['A limit of the provider is reached.', 'Nothing to do: we go on when it ends.'],
  command_refused: ['The server refused a command.', 'Nothing to do: we try again.'],
  search_refused: ['The server refused a search.', 'Nothing to do: we try again.'],
  folder_not_found: [
    'The mailbox has no folder of that name.',
    'Choose folders that exist; the names are those of the mail server.',
  ],
  no_sent_folder: ['The mailbox has no folder for sent mail.', 'Make one, or switch it off.'],
  imap_not_configured: ['Receiving is not set up.', 'Add IMAP settings to the inbox.'],
  smtp_not_configured: ['Sending is not set up.', 'Add SMTP settings to the inbox.'],
  uidvalidity_changed: ['The mailbox was renumbered.', 'Nothing to do: we compare it anew.'],
  attachment_gone: ['The mailbox no longer has the attachment.', 'Ask the sender for it again.'],
  sender_refused: [
    'The server does not let this login send as this address.',
    'Use the login of the address, or allow it to send as that address.',
  ],
  recipient_refused: ['The server refused the recipient.', 'Check the address of the contact.'],
  message_too_large: ['The message is too large.', 'Send smaller attachments.'],
  message_refused: ['The server refused the message.', 'Read the words of the server below.'],
  storage_unavailable: [
    'Attachments cannot be stored.',
    'The operator should look at the storage: is it full, or away? Nothing is lost meanwhile.',
  ],
  contact_gone: ['The contact does not exist any more.', 'Nothing to do: it was erased.'],
  too_large: ['The file is larger than files may be here.', 'Open it in the mailbox.'],
  not_transmitted: ['The message did not leave.', 'Send it again.'],
  ambiguous: ['The message may have gone out.', 'Ask the contact, or choose "Send again".'],
  bounced: ['The message came back.', 'Check the address of the contact.'],
  not_understood: ['This mail could not be read.', 'Retry it, or read it in the mailbox.'],
  unreadable_on_server: ['The server cannot hand out this mail.', 'Read it in the mailbox.'],
  not_a_time_zone: ['This is not a time zone.', 'Enter an IANA name such as America/Sao_Paulo.'],
  not_the_role_of_this_user: ['This user cannot have such a key.', 'Choose a role the user has.'],
  not_a_url: ['This is not a web address.', 'Enter an https address without user and password.'],
  missing: ['This field is missing.', 'Fill it in.'],
  in_the_past: ['This time is over.', 'Choose a time to come.'],
  unknown_attribute: ['There is no custom attribute of this key.', 'Define it first.'],
  not_a_text_value: ['This is not a text.', 'Send a text of up to 2000 characters.'],
  not_a_number_value: ['This is not a number.', 'Send a number.'],
  not_a_boolean_value: ['This is neither true nor false.', 'Send true or false.'],
  not_a_date_value: ['This is not a date.', 'Send a date such as 2026-11-25.'],
  not_a_link_value: ['This is not a link.', 'Send an address that begins with https://.'],
  not_a_list_value: ['This is not one of the options.', 'Send an option of the attribute.'],
  not_an_address: ['This is not an e-mail address.', 'Enter an address such as help@example.com.'],
  not_a_host: ['This is not a server address.', 'Enter a name such as imap.example.com.'],
  not_a_number_of_mails: ['This is not a number of mails.', 'Enter a number from 1 to 100000.'],
  not_a_port: ['This is not a port.', 'Enter a number from 1 to 65535, usually 993 or 587.'],
  not_a_login: ['This login cannot be used.', 'Enter the login of the mailbox on one line.'],
  not_a_password: ['This password cannot be used.', 'Enter the password on one line.'],
  not_an_object: ['This is not an object.', 'Send a JSON object.'],
  not_addresses: ['This is not a list of e-mail addresses.', 'Check each of them.'],
  not_a_list_of_folders: ['This is not a list of folders.', 'Send at least one folder name.'],
  nothing_enabled: ['Neither receiving nor sending is on.', 'Fill in IMAP, SMTP or both.'],
  password_in_clear: [
    'Without encryption the password could be read on the way.',
    'Choose TLS or STARTTLS.',
  ],
  draft_expired: [
    'The connection was not tried while its form was valid.',
    'Reconnect and enter the password again.',
  ],
  auth_token_refused: [
    'Twilio refuses the Auth Token.',
    'Copy the Auth Token from the Twilio console, then reconnect.',
  ],
  api_key_refused: [
    'Twilio refuses the API key.',
    'Make a new API key in the Twilio console, or leave it out: the Auth Token can send too.',
  ],
  account_suspended: [
    'Twilio has suspended or closed the account.',
    'Ask Twilio’s support, or look at the billing in the Twilio console.',
  ],
  account_not_found: [
    'Twilio knows no such account.',
    'Copy the Account SID from the Twilio console; a subaccount has its own.',
  ],
  callback_not_confirmed: [
    'Twilio has not confirmed the webhook address so far.',
    'Paste the address into the sender’s settings in the Twilio console.',
  ],
  media_refused: [
    'Twilio refuses to hand out the file.',
    'Look in the Twilio console whether the account may read its media.',
  ],
  one_file_a_message: [
    'This channel takes one file a message.',
    'Send the files one after the other.',
  ],
  file_too_large: ['The file is too large for this channel.', 'Send a smaller file, or a link.'],
  audio_takes_no_text: [
    'WhatsApp drops the text beside an audio file.',
    'Send the text as a message of its own.',
  ],
  template_alone: [
    'A template is sent without text and files of your own.',
    'Leave them out, or send them once the contact has answered.',
  ],
  no_recipient: [
    'The contact has not written on this channel, so there is no address to answer to.',
    'Reach the contact in another way.',
  ],
  not_text: ['This is not text.', 'Send a text.'],
  not_e164: [
    'This is not an international phone number.',
    'Enter it with country code, such as +5511987654321.',
  ],
  not_an_account_sid: [
    'This is not an Account SID.',
    'It begins with AC and has 34 characters; the Twilio console shows it.',
  ],
  not_an_auth_token: [
    'This is not an Auth Token.',
    'Copy it from the Twilio console. It is needed with an API key too: it signs the webhooks.',
  ],
  not_an_api_key_sid: [
    'This is not the SID of an API key.',
    'It begins with SK and has 34 characters; leave it out to send with the Auth Token.',
  ],
  template_not_found: [
    'There is no such template.',
    'Choose one from the list of templates; new ones appear within the hour.',
  ],
  template_not_approved: [
    'WhatsApp has not approved this template, so it is only good within 24 hours.',
    'Choose an approved template.',
  ],
  window_closed: [
    'The contact last wrote too long ago for the channel to take a free answer.',
    'Send an approved template, or wait until the contact writes.',
  ],
  recipient_opted_out: [
    'The contact has asked to get no more messages.',
    'They have to write to the number first.',
  ],
  message_too_long: [
    'The message is too long for this channel.',
    'Shorten it or send it in parts.',
  ],
  media_not_accepted: [
    'The file cannot be sent on this channel.',
    'Send another kind of file, or a smaller one.',
  ],
  template_variables_wrong: [
    'The variables do not fit the template.',
    'Fill in every variable of the template.',
  ],
  not_on_whatsapp: ['The number is not on WhatsApp.', 'Reach the contact in another way.'],
  content_not_accepted: [
    'WhatsApp did not accept the content of the message.',
    'Change the message, then send it again.',
  ],
  channel_already_connected: [
    'Another inbox already has this mailbox, number or page.',
    'Disconnect it there first, then reconnect here; or disconnect this one.',
  ],
  sender_not_found: [
    'The number is no WhatsApp sender of this Twilio account.',
    'Check the number and the Account SID in the Twilio console, under WhatsApp senders.',
  ],
  provider_misconfigured: [
    'The provider or Meta refuses the sender as it is set up.',
    'Look at the sender in the Twilio console; Twilio’s words are shown beside.',
  ],
  provider_failed: ['The provider could not deliver the message.', 'Send it again.'],
  sandbox_not_joined: [
    'The contact has not joined the WhatsApp sandbox.',
    'Have the contact send the join code to the sandbox number.',
  ],
  sending_limit: [
    'The number has reached its sending limit.',
    'Send it again later; the limit is shown in the provider’s console.',
  ],
  media_not_fetched: [
    'The provider could not fetch the file from us.',
    'Send it again; if it stays so, check that the public address can be reached.',
  ],
  stale: ['The message was too old for ClaudIA.', 'A person should answer it.'],
  answered_by_person: ['A person answered already.', 'Nothing to do.'],
  bot_unreachable: [
    'ClaudIA could not be reached.',
    'A person should answer; check the bot’s endpoint.',
  ],
  bot_silent: [
    'ClaudIA was asked and did not answer in time.',
    'A person should answer; look at the bot’s own log.',
  ],
  gave_up: [
    'The message could not be sent within 24 hours.',
    'Look at the health of the inbox, then send it again.',
  ],
  worker_lost: [
    'We stopped in the middle of sending; the message may have gone out.',
    'Ask the contact, or choose "Send again".',
  ],
  unknown: ['The provider reported a problem.', 'Nothing to do: we try again.'],
  unavailable: ['The provider cannot be reached.', 'Nothing to do: we try again.'],
  stalled: [
    'Synchronisation has made no progress for a while.',
    'We start it anew; tell the operator if it stays so.',
  ],
  history: [
    'The message was imported from the history.',
    'Nothing to do: automations leave history alone.',
  ],
  late: ['An old message was moved into the inbox.', 'A person should look at it.'],
  automatic_mail: ['The message was sent by a robot.', 'Nothing to do: robots are not answered.'],
  claudia_off: [
    'ClaudIA is switched off for this inbox.',
    'A person should answer, or switch ClaudIA on.',
  ],
  bot_not_connected: [
    'ClaudIA’s endpoint is not set up.',
    'Set the endpoint of the bot; meanwhile a person should answer.',
  ],
  assigned_to_person: ['A person has taken the conversation.', 'Nothing to do.'],
  already_assigned: ['The conversation was assigned already.', 'Nothing to do.'],
  agent_not_found: [
    'The agent of the rule does not exist any more.',
    'Choose another agent in the rule.',
  ],
  team_not_found: [
    'The team of the rule does not exist any more.',
    'Choose another team in the rule.',
  ],
  no_message: [
    'There was no message to hand over.',
    'Use the action with an event that has a message.',
  ],
  finished: ['The delivery was over already.', 'Nothing to do.'],
} satisfies Record<string, Text>

const phrases = {
  ...signInPhrases,
  ...operatorPhrases,
  // A line a step.
  twilio_webhook_steps: [
    'In the Twilio console open Messaging, then Senders, then WhatsApp senders.',
    'Choose the number and edit the sender.',
    'Set Messaging Service to None: with one, its own webhook address would win.',
    'Paste the address into “Webhook URL for incoming messages”, with method HTTP POST.',
    'Choose “Update WhatsApp Sender”.',
  ].join('\n'),
  reconnect: 'Click here to reconnect',
  check_again: 'Check again',
  send_again: 'Send again',
  check_and_repeat: 'Check the settings; if they are right, try again in a few minutes.',
  unknown_reason: 'The provider reported a problem.',
  invalid_field: 'The value of this field is not allowed.',
  // What a field takes, by the keyword of its schema.
  field_type: 'Send a value of type {limit}.',
  field_enum: 'Send one of: {limit}.',
  field_minimum: 'Send {limit} or more.',
  field_maximum: 'Send {limit} or less.',
  field_minLength: 'Send at least {limit} characters.',
  field_maxLength: 'Send at most {limit} characters.',
  field_pattern: 'Send a value of the documented form, not an empty one.',
  field_format: 'Send a value of the format {limit}.',
  field_minItems: 'Send at least {limit} items.',
  field_maxItems: 'Send at most {limit} items.',
  field_other: 'See /docs for what this field takes.',
}

export const en = { errors, reasons, phrases }
