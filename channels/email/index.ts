// Email over IMAP and SMTP with a password: the channel's one door.
import type { NetPolicy } from '../../net/policy.ts'
import type { Channel } from '../channel.ts'
import { preflight } from '../mail/preflight.ts'
import { emailAccount, emailTraits } from './account.ts'
import {
  type EmailCredentials,
  type EmailSettings,
  heldToCertificate,
  validateEmailForm,
} from './settings.ts'

export { emailAccount } from './account.ts'
export type { Candidate, Discovery, FoundServer } from './discovery/candidate.ts'
export { adviceOf, discover } from './discovery/discover.ts'
export {
  type EmailCredentials,
  type EmailSettings,
  type ImapSettings,
  type SmtpSettings,
  validateEmailForm,
} from './settings.ts'

export function createEmail(policy: NetPolicy): Channel<EmailSettings, EmailCredentials> {
  return {
    type: 'email',
    connect: { kind: 'form', read: (form) => validateEmailForm(form, policy) },
    mail: {
      traitsOf: emailTraits,
      accountOf: (connection) => emailAccount({ ...connection, policy }),
    },
    provedAt,
    preflight: (connection) => preflight(emailAccount({ ...connection, policy })),
    learn: heldToCertificate,
  }
}

/** A login by another name proves a mailbox of that name, not the address that the form claims. */
function provedAt({ address, imap, smtp }: EmailSettings): string {
  const { host, login } = (imap ?? smtp)!
  const isOwn = login.toLowerCase() === address.toLowerCase()
  return isOwn ? host : `${host} as ${login.toLowerCase()}`
}
