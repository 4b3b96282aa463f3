// Email over IMAP and SMTP with a password: the channel's one door.
import type { ChannelInfo } from '../channel.ts'

export { composeEmail } from './compose.ts'
export type { Candidate, Discovery, FoundServer } from './discovery/candidate.ts'
export { discover } from './discovery/discover.ts'
export {
  type Mailbox,
  type MailboxAccess,
  openMailAccount,
  openMailbox,
} from './mailbox.ts'
export { type MailFacts, toInboundMessage } from './parse.ts'
export { preflight } from './preflight.ts'
export { type EmailPreset, presetOf } from './presets.ts'
export type {
  FolderStatus,
  HistoryCursor,
  HistoryWindow,
  LiveCursor,
} from './receive.ts'
export { filesSent, type SendAccess, type SentEmail, sendEmail, sendFromAccount } from './send.ts'
export {
  type EmailCredentials,
  type EmailSettings,
  type ImapSettings,
  type SmtpSettings,
  validateEmailForm,
} from './settings.ts'

export const email: ChannelInfo = { type: 'email' }
