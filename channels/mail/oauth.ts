// What the mail channels with a sign-in share: their settings, and the account a token opens.
import type { NetPolicy } from '../../net/policy.ts'
import type { ImapTarget } from '../../protocols/imap/connect.ts'
import type { SmtpTarget } from '../../protocols/smtp/connect.ts'
import type { MailChannel, OAuthConnect, OAuthCredentials, Renewal } from '../channel.ts'

export interface OAuthMailSettings {
  address: string
  /** Other addresses whose mail ends up here; none when absent. */
  aliases?: string[]
  folders: string[]
  sync_sent: boolean
  /** Microsoft: who signs in, when the mailbox is a shared one. */
  delegate_login?: string
}

type Server<Target extends ImapTarget | SmtpTarget> = Pick<Target, 'host' | 'port' | 'encryption'>

/** Where a provider's mailboxes are. */
export interface MailServers {
  imap: Server<ImapTarget>
  smtp: Server<SmtpTarget>
}

/** Access to a mailbox ends within the hour, and is renewed. */
export interface MailSignIn extends OAuthConnect<OAuthMailSettings, OAuthCredentials> {
  renewal: Renewal
}

export const subjectOf = (credentials: unknown) => (credentials as OAuthCredentials).subject

export interface OAuthApp {
  clientId: string
  clientSecret: string
}

/** Both providers put what they send into Sent by themselves. */
export function oauthMail(
  serversOf: (credentials: OAuthCredentials) => MailServers,
  policy: NetPolicy,
): MailChannel<OAuthMailSettings, OAuthCredentials> {
  return {
    traitsOf: ({ address, folders, sync_sent }) => ({
      address,
      receives: true,
      sends: true,
      folders,
      syncSent: sync_sent,
      filesSent: true,
      oneLogin: true,
      perMinute: undefined,
    }),
    accountOf({ settings: { address, aliases = [] }, credentials }) {
      const { imap, smtp } = serversOf(credentials)
      const auth = { user: credentials.login, accessToken: credentials.access_token }
      const dialled = { certificate: 'peer' as const, auth, policy }
      return {
        address,
        aliases,
        imap: { ...imap, ...dialled },
        smtp: { ...smtp, ...dialled, ehloName: address.split('@')[1] ?? smtp.host },
      }
    },
  }
}

/** Milliseconds of a Retry-After header, given in seconds or as a date (RFC 9110 10.2.3). */
export function retryAfterMs(header: string | null | undefined): number | undefined {
  if (!header) return undefined
  const ms = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now()
  return ms > 0 ? ms : undefined
}

/** A provider's words without the addresses that some of them repeat. */
export function withoutAddresses(words: string): string {
  return words.replace(/[^\s'"<>(),;:]+@[^\s'"<>(),;:]+/g, '…@…')
}
