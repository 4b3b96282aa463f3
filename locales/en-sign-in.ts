// English texts of signing in at Google and Microsoft.
import type { Text } from './shape.ts'

export const signInReasons = {
  token_refused: [
    'The mail server refused the access that Google or Microsoft gave us.',
    'Check that IMAP is on and that the address is the account’s primary one, then sign in again.',
  ],
  mailbox_refused: [
    'The provider knows the login but does not open the mailbox.',
    'Check that IMAP is on, that the address is the account’s primary one and, for a shared mailbox, that you have full access to it.',
  ],
  access_revoked: [
    'The provider has ended our access to the mailbox.',
    'Sign in again. That happens after a new password, a withdrawn permission or a long rest.',
  ],
  step_up_required: [
    'The provider wants the person to prove once more who they are.',
    'Sign in again and confirm as the provider asks.',
  ],
  consent_required: [
    'The permission to read and send mail is missing.',
    'Sign in again and allow everything that is asked.',
  ],
  admin_consent_required: [
    'An administrator has to allow this app for your organisation.',
    'Ask the administrator of your mail system to approve it, then sign in again.',
  ],
  blocked_by_policy: [
    'A rule of your organisation blocks this access.',
    'Ask the administrator of your mail system to allow it, then check again.',
  ],
  account_unusable: [
    'The account cannot sign in: it is disabled, or belongs elsewhere.',
    'Ask the administrator of your mail system, or sign in with another account.',
  ],
  permission_missing: [
    'Not everything that is needed was allowed at the sign-in.',
    'Sign in again and leave every permission ticked, mail included.',
  ],
  code_refused: ['The sign-in could not be completed.', 'Begin the sign-in again.'],
  wrong_account: [
    'Another account signed in than the one of this inbox.',
    'Sign in with the right account; a private window asks for it anew. The address has to be the account’s primary one: in Outlook, “Make primary” in the account’s sign-in settings.',
  ],
  authorization_expired: [
    'The sign-in at the provider was not completed.',
    'Begin the sign-in again.',
  ],
  sign_in_ended: [
    'This sign-in has expired, was used already, or was begun in another browser.',
    'Begin it again in the console, and stay in one browser.',
  ],
  consent_denied: [
    'Access was not allowed at the provider.',
    'Nothing was changed. Begin the sign-in again whenever you like.',
  ],
  consent_failed: [
    'The provider broke the sign-in off.',
    'Nothing was changed. Begin the sign-in again.',
  ],
  oauth_app_broken: [
    'The provider does not accept our app at the moment.',
    'Nothing to do: the operator of this installation has to mend it, and we try again.',
  ],
  sign_in_throttled: [
    'The provider asks us to renew access more slowly.',
    'Nothing to do: we try again.',
  ],
  sign_in_unavailable: [
    'The provider’s sign-in cannot be reached at the moment.',
    'Nothing to do: we try again.',
  ],
  inbox_only: ['Only the inbox of a Google mailbox is read.', 'Leave the folders out.'],
  return_url_not_allowed: [
    'The browser may not be sent to that address.',
    'Use an address that the operator allows in RETURN_URLS.',
  ],
  signs_in: [
    'This mailbox is opened by signing in, so it has neither servers nor passwords here.',
    'Leave the field out, or reconnect to sign in again.',
  ],
  google_beta: [
    'Google has not approved this app yet; signing in shows a warning and works.',
    'Choose “Advanced”, then go on to the app.',
  ],
  microsoft_imap_on: [
    'IMAP has to be on for this mailbox.',
    'In outlook.live.com: Settings > Mail > Forwarding and IMAP > “Let devices and apps use IMAP” > Save.',
  ],
  microsoft_primary_address: [
    'The address has to be the primary one of its Microsoft account.',
    'In My Microsoft account > Your info > Edit account info, choose “Make primary” beside it.',
  ],
  google_inbox_only: [
    'Only the inbox is read: other folders and spam are not synced.',
    'So that no customer is missed, make a Gmail filter with “Never send to Spam”.',
  ],
} satisfies Record<string, Text>

export const signInPhrases = {
  sign_in_title: 'Connect {address}',
  sign_in_what:
    '{address} becomes the inbox “{inbox}” of {account}, which will read its mail and answer from it.',
  sign_in_account:
    'Sign in at {provider} as {person}. Is another account shown there? Choose this one, or open this page in a private window.',
  sign_in_careful: 'Go on only if you know who sent you here.',
  sign_in_button: 'Continue to {provider}',
  sign_in_page_title: 'Connect Messenger and Instagram',
  sign_in_new_page:
    'A Facebook page becomes an inbox of {account}, which will read and answer what people write to it on Messenger and Instagram.',
  sign_in_same_page: '{address} stays the inbox “{inbox}” of {account}. Tick its page again.',
  sign_in_choose_title: 'Signed in',
  sign_in_choose: 'Go back to Cloud Chat, where you choose the page and give the inbox a name.',
  sign_in_failed: 'The inbox was not connected',
  sign_in_done_title: 'Connected',
  sign_in_done: '{address} is connected.',
  deletion_title: 'Deleted',
  deletion_done:
    'What this service had of the Facebook account, its access to pages, was deleted at {at}. Pages that it had connected receive nothing until somebody connects them again.',
  close_window: 'You can close this window.',
  wrong_account_names: 'You signed in as {other}; this inbox is {address}.',
  wrong_page_names: 'You allowed {other}; this inbox is {address}.',
  provider_google: 'Google',
  provider_microsoft: 'Microsoft',
  provider_instagram: 'Facebook',
} satisfies Record<string, string>
