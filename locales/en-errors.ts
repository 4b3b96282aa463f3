// English texts of the errors that the API answers with.
import type { Text } from './shape.ts'

export const errors = {
  unauthenticated: [
    'The access token is missing, unknown or revoked, or the session has ended.',
    'Log in, or send a valid key in the api_access_token header or as Authorization: Bearer.',
  ],
  login_refused: [
    'The address or the password is wrong.',
    'Check both. An administrator can give you a link to set another password.',
  ],
  not_our_page: [
    'This request did not come from a page of the console.',
    'Use the console, or send a key in the api_access_token header.',
  ],
  invitation_expired: [
    'This link has expired or was used already.',
    'Log in, or ask an administrator for another link.',
  ],
  forbidden: [
    'This key may not do that.',
    'Use a key with a higher role, or ask an administrator to do it.',
  ],
  not_found: ['There is nothing with this id.', 'Check the id and the account in the address.'],
  route_not_found: ['There is no such route.', 'See /docs for every route of this API.'],
  invalid_request: [
    'A field of the request cannot be used.',
    'Correct the field named in details.',
  ],
  invalid_settings: [
    'A field of the connection form cannot be used.',
    'Correct the field named in details.',
  ],
  invalid_json: [
    'The body is not valid JSON.',
    'Send a JSON object with content-type application/json.',
  ],
  unsupported_media_type: ['The body is not JSON.', 'Send content-type application/json.'],
  payload_too_large: ['The request is too large.', 'Send less in one request.'],
  invalid_cursor: ['The cursor cannot be used.', 'Use next_cursor of the previous page unchanged.'],
  channel_already_connected: [
    'This mailbox is already connected.',
    'Open the inbox that has it, or disconnect it there first.',
  ],
  email_taken: ['Another agent has this address.', 'Use another address or edit that agent.'],
  name_taken: ['This name is taken.', 'Choose another one.'],
  invalid_rule: ['Parts of the rule make no sense.', 'Correct the parts named in details.'],
  conversation_taken: [
    'A person has this conversation.',
    'Leave a private note, or wait until it is handed back.',
  ],
  claudia_silent: [
    'ClaudIA is switched off or held in this inbox.',
    'Wait for the end of the import, or have her switched on.',
  ],
  default_rule_protected: ['A default rule cannot be removed.', 'Switch it off instead.'],
  inbox_disconnected: ['This inbox is disconnected.', 'Connect the mailbox again as a new inbox.'],
  message_not_sendable: [
    'The channel would not take this message.',
    'See details: what is the matter, and what to do instead.',
  ],
  channel_feature_unsupported: [
    'This channel has no such thing.',
    'Use the alternative in details.',
  ],
  inbox_cannot_send: [
    'This inbox only receives.',
    'Add SMTP settings to the inbox, then write the message again.',
  ],
  no_import: ['This inbox has no import in that state.', 'Look at the import first, or start one.'],
  import_running: ['An import is already running.', 'Wait for it, or cancel it first.'],
  connection_failed: [
    'The provider did not accept the connection.',
    'Follow the remedy in details, then try again.',
  ],
  sign_in_not_configured: [
    'This installation has no app at that provider yet.',
    'Have the operator register one (README, "Google and Microsoft" and "Meta").',
  ],
  sign_in_not_completed: [
    'Nobody has completed this sign-in so far, or it failed.',
    'Look at the sign-in; complete it, or begin another.',
  ],
  not_by_sign_in: [
    'This inbox is not connected by signing in.',
    'Use reconnect with the passwords of its servers.',
  ],
  draft_expired: ['The form has expired.', 'Send the form again.'],
  message_not_resendable: [
    'Only a failed or unconfirmed message can be sent again.',
    'Look at the status of the message.',
  ],
  quarantine_settled: [
    'This mail has been stored or dismissed already.',
    'Nothing needs to be done.',
  ],
  assignee_not_a_person: [
    'A conversation can be assigned to a person only.',
    'Choose an agent; automation rules assign ClaudIA.',
  ],
  assignee_not_a_member: [
    'This agent does not belong to the inbox.',
    'Add the agent to the inbox first.',
  ],
  last_administrator: [
    'The last administrator cannot be removed.',
    'Make another agent an administrator first.',
  ],
  claudia_protected: [
    'ClaudIA cannot be changed as an agent.',
    'Use the routes of bots, or switch ClaudIA off in the inbox.',
  ],
  attachment_not_stored: [
    'The attachment is still in the mailbox.',
    'Try again in a few minutes: it is being fetched.',
  ],
  attachment_refused: [
    'The malware scanner refused this attachment, so it was not kept.',
    'Ask the sender what it is. The original is still in the mailbox.',
  ],
  file_refused: ['The malware scanner refused this file.', 'Check the file, or send another one.'],
  mail_gone: [
    'The mail is not in its folder any more.',
    'Somebody moved or deleted it. Look for it in the mailbox.',
  ],
  mail_refused: [
    'The malware scanner refused this mail, so it is not handed out.',
    'Look at it in the mailbox, with care.',
  ],
  mailbox_unreachable: [
    'The mailbox could not be opened just now.',
    'See the state of the inbox, then try again.',
  ],
  attachment_lost: ['The mailbox no longer has this attachment.', 'Ask the sender for it again.'],
  signature_refused: [
    'Nothing proves that the provider sent this.',
    'Use the webhook address that the inbox shows, and the Auth Token of the account that owns the number.',
  ],
  link_expired: ['This link has expired.', 'Open the message again for a new link.'],
  upload_not_found: [
    'An uploaded file is not there any more.',
    'Upload the file again, then send the message.',
  ],
  attachments_too_large: [
    'The files are too large for one mail.',
    'Send fewer or smaller files, or several messages.',
  ],
  idempotency_key_reused: [
    'This Idempotency-Key belongs to another request.',
    'Use a new key for a new request.',
  ],
  idempotency_key_running: [
    'The first request with this Idempotency-Key is still running.',
    'Repeat the request in a few seconds.',
  ],
  session_unknown: [
    'The session has ended or is unknown.',
    'Begin a new session with the website token.',
  ],
  widget_not_found: [
    'There is no widget with this website token.',
    'Copy the script again from the widget’s inbox.',
  ],
  domain_not_allowed: [
    'This site may not show the widget.',
    'Add its domain to the widget’s domain validation.',
  ],
  another_visitor: [
    'This session belongs to another visitor.',
    'Begin a new session for the new identifier.',
  ],
  history_not_available: [
    'Earlier conversations are not shown here.',
    'Switch several conversations on, and send a valid identifier hash.',
  ],
  conversation_resolved: [
    'This conversation is over.',
    'Open it again, or begin another conversation.',
  ],
  conversation_goes_on: [
    'There is a conversation already.',
    'Go on with the conversation named in details.',
  ],
  conversation_elsewhere: [
    'This conversation goes on in another channel.',
    'Answer where it began, or begin another conversation here.',
  ],
  message_id_taken: ['Another message has this id.', 'Send the message with a new random id.'],
  identity_tokens_full: [
    'Two tokens are alive already.',
    'Delete the older one once your back end no longer uses it.',
  ],
  rate_limited: ['Too many requests.', 'Wait as many seconds as Retry-After says.'],
  console_not_built: [
    'The console was not built on this machine.',
    'Run npm run build, then start the API again.',
  ],
  widget_not_built: [
    'The widget has not been built here.',
    'The operator should run npm run build in widget/, or use the image.',
  ],
  temporal_unavailable: [
    'The workflow service cannot be reached at the moment.',
    'Nothing is lost; repeat the request in a few seconds.',
  ],
  update_refused: ['The inbox refused this at the moment.', 'Look at the state of the inbox.'],
  database_unavailable: ['The service is not ready.', 'Repeat the request in a few seconds.'],
  storage_unavailable: ['Files cannot be stored at the moment.', 'Repeat the request in a minute.'],
  internal_error: [
    'Something went wrong on our side.',
    'Repeat the request; tell us the request id.',
  ],
} satisfies Record<string, Text>
