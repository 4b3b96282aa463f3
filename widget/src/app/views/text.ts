// The words of the app, each once. Read through `useText`, so that a change of language is seen.
import { msg } from '@lingui/core/macro'
import { computed } from '@preact/signals'
import { i18n, locale } from '../i18n.ts'

const TEXTS = {
  back: msg`Back`,
  close: msg`Close chat`,
  active: msg`Active conversations`,
  history: msg`Conversation history`,
  start: msg`New conversation`,
  write: msg`Write a message`,
  send: msg`Send`,
  attach: msg`Attach a file`,
  remove: msg`Remove`,
  sending: msg`Sending…`,
  sent: msg`Sent`,
  delivered: msg`Delivered`,
  failed: msg`Not sent.`,
  retry: msg`Try again`,
  discard: msg`Discard`,
  over: msg`This conversation is over.`,
  reopen: msg`Open it again`,
  elsewhere: msg`This conversation goes on in another channel.`,
  more: msg`See more`,
  earlier: msg`Earlier messages`,
  typing: msg`Somebody is writing…`,
  none: msg`No conversations yet.`,
  noneFound: msg`Nothing was found.`,
  from: msg`Start date`,
  until: msg`End date`,
  ticketId: msg`Ticket ID`,
  search: msg`Search`,
  messages: msg`Messages`,
  you: msg`You`,
  support: msg`Support`,
  tooLarge: msg`This file is too large.`,
  uploadFailed: msg`The file could not be uploaded. Try again.`,
  begin: msg`Begin`,
  required: msg`required`,
  choose: msg`Choose`,
  notHere: msg`The chat is not available on this site.`,
  noWidget: msg`The chat is not available at the moment.`,
  openState: msg`Open`,
  overState: msg`Resolved`,
}

export type Texts = { [K in keyof typeof TEXTS]: string }

const texts = computed(() => {
  const inLanguage = locale.value ? i18n : undefined
  return Object.fromEntries(
    Object.entries(TEXTS).map(([key, text]) => [key, inLanguage?._(text) ?? '']),
  ) as Texts
})

/** In the language of now; whoever asks is shown anew when it changes. */
export function useText(): Texts {
  return texts.value
}

/** The name of a conversation, by the number people call it by. */
export function ticketName(displayId: number): string {
  return locale.value ? i18n._(msg`Conversation #${displayId}`) : ''
}

export function unreadCount(count: number): string {
  return locale.value ? i18n._(msg`${count} unread`) : ''
}
