// Outlook.com and Microsoft 365 by sign-in, shared mailboxes by delegation.
import type { NetPolicy } from '../../net/policy.ts'
import type { Channel, OAuthCredentials } from '../channel.ts'
import { type MailServers, type OAuthMailSettings, oauthMail } from '../mail/oauth.ts'
import { preflight } from '../mail/preflight.ts'
import { microsoftConnect, PERSONAL } from './connect.ts'
import type { MicrosoftApp } from './token-client.ts'

export interface MicrosoftProvider extends MicrosoftApp {
  /** Others than Microsoft's own, for tests. */
  servers?: MailServers
}

const IMAP = { host: 'outlook.office365.com', port: 993, encryption: 'tls' } as const
const SMTP = { port: 587, encryption: 'starttls' } as const
const WORK: MailServers = { imap: IMAP, smtp: { ...SMTP, host: 'smtp.office365.com' } }
const HOME: MailServers = { imap: IMAP, smtp: { ...SMTP, host: 'smtp-mail.outlook.com' } }

export function createMicrosoft(
  provider: MicrosoftProvider | null,
  policy: NetPolicy,
): Channel<OAuthMailSettings, OAuthCredentials> {
  const serversOf = ({ subject }: OAuthCredentials) =>
    provider?.servers ?? (subject.startsWith(`${PERSONAL}/`) ? HOME : WORK)
  const mail = oauthMail(serversOf, policy)
  return {
    type: 'microsoft',
    connect: microsoftConnect(provider),
    mail,
    provedAt: () => (provider?.servers?.imap ?? IMAP).host,
    preflight: (connection) => preflight(mail.accountOf(connection)),
    notices: () => ['microsoft_imap_on', 'microsoft_primary_address'],
  }
}
