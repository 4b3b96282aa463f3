// A mail account ready to be dialled: what every mail channel makes of its settings and credentials.
import type { ImapTarget } from '../../protocols/imap/connect.ts'
import type { SmtpTarget } from '../../protocols/smtp/connect.ts'

export interface MailAccount {
  /** What its mail is from. */
  address: string
  /** Other addresses whose mail ends up here; none when absent. */
  aliases?: readonly string[]
  /** Undefined: it only sends. */
  imap: Omit<ImapTarget, 'signal'> | undefined
  /** Undefined: it only receives. */
  smtp: Omit<SmtpTarget, 'signal'> | undefined
}

/** What the settings say of an account, whether or not there are credentials for it. */
export interface MailTraits {
  address: string
  receives: boolean
  sends: boolean
  /** Read as incoming; the first is watched, the others are looked at beside it. */
  folders: readonly string[]
  /** Read the Sent folder as outgoing messages. */
  syncSent: boolean
  /** The server puts what it sends into Sent by itself, so that it can be looked up there. */
  filesSent: boolean
  /** One sign-in opens both directions: when it is refused, neither may be tried. */
  oneLogin: boolean
  /** At most so many mails a minute; unlimited when undefined. */
  perMinute: number | undefined
}

export type Login = Pick<ImapTarget | SmtpTarget, 'auth'>

/** What no failure may repeat. */
export function secretsOf({ auth }: Login): string[] {
  if (auth === undefined) return []
  return ['pass' in auth ? auth.pass : auth.accessToken]
}
