// Gmail and Google Workspace by sign-in: INBOX only, since labels and spam are not folders here.
import type { NetPolicy } from '../../net/policy.ts'
import type { Channel, OAuthCredentials } from '../channel.ts'
import { type MailServers, type OAuthMailSettings, oauthMail } from '../mail/oauth.ts'
import { preflight } from '../mail/preflight.ts'
import { type GoogleProvider, googleConnect } from './connect.ts'

export type { GoogleProvider } from './connect.ts'

const SERVERS: MailServers = {
  imap: { host: 'imap.gmail.com', port: 993, encryption: 'tls' },
  smtp: { host: 'smtp.gmail.com', port: 465, encryption: 'tls' },
}

export function createGoogle(
  provider: GoogleProvider | null,
  policy: NetPolicy,
): Channel<OAuthMailSettings, OAuthCredentials> {
  const servers = provider?.servers ?? SERVERS
  const mail = oauthMail(() => servers, policy)
  return {
    type: 'google',
    connect: googleConnect(provider),
    mail,
    provedAt: () => servers.imap.host,
    preflight: (connection) => preflight(mail.accountOf(connection)),
    notices: () => [...(provider?.beta ? ['google_beta'] : []), 'google_inbox_only'],
  }
}
