// The account behind a form: its servers with the passwords that were entered for them.
import type { NetPolicy } from '../../net/policy.ts'
import type { MailAccount, MailTraits } from '../mail/account.ts'
import { presetOf } from '../mail/presets.ts'
import type { EmailCredentials, EmailSettings } from './settings.ts'

export function emailAccount({
  settings: { address, aliases = [], imap, smtp },
  credentials,
  policy,
}: {
  settings: EmailSettings
  credentials: EmailCredentials
  policy: NetPolicy
}): MailAccount {
  return {
    address,
    aliases,
    imap: imap && {
      host: imap.host,
      port: imap.port,
      encryption: imap.encryption,
      certificate: imap.certificate ?? 'peer',
      auth: { user: imap.login, pass: credentials.imap_password ?? '' },
      policy,
    },
    smtp: smtp && {
      host: smtp.host,
      port: smtp.port,
      encryption: smtp.encryption,
      certificate: smtp.certificate,
      auth: {
        method: smtp.authentication,
        user: smtp.login,
        pass: credentials.smtp_password ?? '',
      },
      ehloName: smtp.domain ?? smtp.host,
      policy,
    },
  }
}

export function emailTraits({
  address,
  imap,
  smtp,
  folders,
  sync_sent,
}: EmailSettings): MailTraits {
  const filesSent = smtp && (smtp.files_sent ?? presetOf(smtp.host)?.filesSent)
  return {
    address,
    receives: imap !== undefined,
    sends: smtp !== undefined,
    folders,
    syncSent: sync_sent,
    filesSent: imap !== undefined && filesSent === true,
    oneLogin: false,
    perMinute: smtp?.per_minute,
  }
}
