// English texts of what Meta's channels say: Instagram, Messenger and WhatsApp.
import type { Text } from './shape.ts'

export const enMeta = {
  access_token_doubted: [
    'The provider refused the access for the moment.',
    'Nothing to do yet: it is asked again, and only a second refusal counts.',
  ],
  meta_permission_missing: [
    'A permission is missing, or was taken back.',
    'Connect again and allow everything that is asked for.',
  ],
  blocked_by_meta: [
    'Meta has blocked this by a policy of its own.',
    'Look in the business settings at Meta for what it objects to.',
  ],
  app_removed: [
    'Somebody has removed our app from the Facebook account.',
    'Reconnect with Facebook and allow everything that is asked for.',
  ],
  checkpoint: [
    'Facebook wants the person who connected to confirm who they are.',
    'Sign in to Facebook in a browser, follow what it asks, then reconnect.',
  ],
  password_changed: [
    'The password of the person who connected was changed, or Facebook ended the session.',
    'Reconnect with Facebook.',
  ],
  token_expired: ['The access has expired.', 'Reconnect with Facebook.'],
  account_unconfirmed: [
    'The Facebook account of the person who connected is not confirmed.',
    'Confirm the account at Facebook, then reconnect.',
  ],
  token_invalid: ['Facebook no longer accepts the access.', 'Reconnect with Facebook.'],
  page_role_lost: [
    'The person who connected has no role on the page any more.',
    'Give the role back, or reconnect as somebody who has one.',
  ],
  recipient_unavailable: [
    'This person does not receive messages from the page at the moment.',
    'They may have blocked the page or left; wait until they write again.',
  ],
  other_app_answers: [
    'Another app answers this conversation at the moment.',
    'Choose this app as the receiver in the page’s advanced messaging settings.',
  ],
  no_instagram_account: [
    'The page has no Instagram account, so only Messenger comes in.',
    'Link a professional Instagram account to the page, then reconnect.',
  ],
  messaging_task_missing: [
    'You may not read and answer messages of this page.',
    'Ask an administrator of the page for the task Messages.',
  ],
  moderate_task_missing: [
    'You may not have this page’s messages told to an app.',
    'Ask an administrator of the page for the task Community activity.',
  ],
  payment_missing: [
    'WhatsApp has no means of payment for this message.',
    'Add one to the WhatsApp account in Meta’s business settings.',
  ],
  held_back_by_meta: [
    'WhatsApp held the message back so that this person does not get too many.',
    'Try again in a day or two; answers to what they write are never held back.',
  ],
  see_phone: [
    'WhatsApp shows this message only in the app on the phone.',
    'Open the WhatsApp Business app to read it; it often appears here a moment later.',
  ],
  template_refused: [
    'WhatsApp refused the template or its variables.',
    'Look at the template and its state in Meta’s business settings.',
  ],
  whatsapp_disconnected: [
    'The business has disconnected this number in the WhatsApp Business app.',
    'Reconnect: the app’s QR code and a minute are enough.',
  ],
  whatsapp_downgraded: [
    'The number has gone back to the ordinary WhatsApp app.',
    'Install the WhatsApp Business app on the phone, then reconnect.',
  ],
  whatsapp_number_changed: [
    'The phone uses another number now.',
    'Connect the new number as an inbox of its own, or change back and reconnect.',
  ],
  whatsapp_companion_inactive: [
    'WhatsApp has disconnected us because this connection rested for about a month.',
    'Reconnect.',
  ],
  whatsapp_phone_inactive: [
    'WhatsApp has disconnected us because the main phone was not used for about two weeks.',
    'Open the WhatsApp Business app on the phone, then reconnect.',
  ],
  whatsapp_registered_again: [
    'The number was registered anew in the WhatsApp Business app.',
    'Reconnect.',
  ],
  whatsapp_offboarded: [
    'The number has moved to another phone or was set up anew, and WhatsApp has paused the connection.',
    'Often it comes back by itself. If not, reconnect.',
  ],
  whatsapp_disabled: [
    'WhatsApp has disabled the account.',
    'Look in Meta’s business settings for the reason, and ask for a review there.',
  ],
  interactive_needs_text: [
    'Buttons, lists and forms need a text beside them.',
    'Write what is to be chosen.',
  ],
  choices_wrong_count: [
    'There are too few or too many choices.',
    'Offer one to three buttons, or one to ten rows of a list.',
  ],
  choices_not_distinct: ['Two choices have the same title or id.', 'Give each its own.'],
  choice_id_wrong: ['The id of a choice is missing or too long.', 'Use 1 to 200 characters.'],
  choice_title_wrong: [
    'The title of a choice is missing or too long.',
    'Use up to 20 characters for a button, 24 for a row.',
  ],
  choice_description_too_long: [
    'The description of a choice is too long.',
    'Use up to 72 characters.',
  ],
  form_missing: ['The form is not named.', 'Give the id of a published Flow.'],
  file_takes_no_text: [
    'This channel sends a file without text.',
    'Send the text as a message of its own.',
  ],
  page_not_granted: [
    'Facebook was not allowed to give this app the page or its Instagram account.',
    'Sign in again, choose “Edit previous settings” and tick both.',
  ],
  no_page_granted: [
    'Facebook was allowed to give this app no page at all.',
    'Sign in again, choose “Edit previous settings” and tick the page.',
  ],
  wrong_page: [
    'The sign-in does not open this page.',
    'Sign in again with Facebook and tick the page of this inbox; pages ticked before stay ticked.',
  ],
  page_connected_here: [
    'An inbox of this account has this page already.',
    'Nothing to do; if it is red, reconnect it there.',
  ],
  page_connected_elsewhere: [
    'Another account of this installation has connected this page.',
    'Disconnect it there first, or choose another page.',
  ],
  facebook_tick_the_page: [
    'At Facebook choose “Edit previous settings”.',
    'Then choose “Opt in to current pages only” and tick the page to connect.',
  ],
  facebook_keep_pages: [
    'Several accounts? Do not untick pages that were connected before.',
    'What is left out stops working.',
  ],
  facebook_choose_instagram: [
    'Then choose your business and the Instagram account.',
    'At the end accept the terms of Meta and Instagram.',
  ],
  not_of_this_channel: ['Inboxes of this channel have no such setting.', 'Leave the field out.'],
  sign_in_first: [
    'Pages are connected by signing in with Facebook.',
    'Sign in with Facebook, then choose the page.',
  ],
  whatsapp_companions: [
    'Messages sent or received on WhatsApp for Windows or on a watch (WearOS) do not appear here; they stay visible on the main phone.',
    'Use WhatsApp Web or the phone, whose messages do appear. Meta explains it: https://developers.facebook.com/docs/whatsapp/embedded-signup/custom-flows/onboarding-business-app-users/#linked-devices',
  ],
  whatsapp_cannot_list: [
    'WhatsApp keeps no list that we could ask for missed messages; Meta repeats what we did not take for up to seven days.',
    'Nothing to do.',
  ],
  receiver_other: [
    'Another app receives and answers these messages.',
    'At Facebook: Settings > Page settings > Advanced messaging settings (https://www.facebook.com/settings/?tab=advanced_messaging), {product} receiver > Configure > Primary receiver for handover protocol, and select {app}.',
  ],
  receiver_unknown: [
    'No message has shown so far who receives them.',
    'If there is or ever was another integration, then at Facebook: Settings > Page settings > Advanced messaging settings (https://www.facebook.com/settings/?tab=advanced_messaging), {product} receiver > Configure > Primary receiver for handover protocol, and select {app}.',
  ],
  receiver_ours: ['We receive and answer these messages.', 'Nothing to do.'],
  no_access_token: ['This is no access token.', 'Copy the token from Meta’s business settings.'],
  not_a_meta_id: [
    'This is no id of Meta: digits only.',
    'Copy it from WhatsApp > API set-up in the app’s dashboard.',
  ],
  number_not_in_account: [
    'The WhatsApp account does not have this number, or has several and none was named.',
    'With a token: copy both ids from the same page of the app’s dashboard. In Meta’s window: choose the account of this number.',
  ],
  number_not_on_phone: [
    'The WhatsApp Business app does not use this number.',
    'Choose in Meta’s window to connect the app that is on your phone, or connect the number with an access token.',
  ],
  number_not_served: [
    'WhatsApp does not serve this number through its Cloud API.',
    'If it was connected before, reconnect it; otherwise finish its set-up at Meta first.',
  ],
} satisfies Record<string, Text>
