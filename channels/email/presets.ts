// Servers of well-known providers, to fill the form and to steer to a sign-in where there is one.

export interface EmailPreset {
  imap: { host: string; port: number; encryption: 'tls' | 'starttls' }
  smtp: { host: string; port: number; encryption: 'tls' | 'starttls' }
  /** The channel that serves these addresses better; never a refusal. */
  oauth?: 'google' | 'microsoft'
  appPassword?: boolean
  /** The server puts what it sends into Sent by itself. */
  filesSent?: boolean
}

const at = (imap: string, smtp: string, port = 587): Pick<EmailPreset, 'imap' | 'smtp'> => ({
  imap: { host: imap, port: 993, encryption: 'tls' },
  smtp: { host: smtp, port, encryption: port === 465 ? 'tls' : 'starttls' },
})

const GOOGLE: EmailPreset = {
  ...at('imap.gmail.com', 'smtp.gmail.com'),
  oauth: 'google',
  appPassword: true,
  filesSent: true,
}
const OUTLOOK: EmailPreset = {
  ...at('outlook.office365.com', 'smtp-mail.outlook.com'),
  oauth: 'microsoft',
  filesSent: true,
}
const ICLOUD: EmailPreset = { ...at('imap.mail.me.com', 'smtp.mail.me.com'), appPassword: true }
const YAHOO: EmailPreset = {
  ...at('imap.mail.yahoo.com', 'smtp.mail.yahoo.com', 465),
  appPassword: true,
}

const BY_DOMAIN: Record<string, EmailPreset> = {
  'gmail.com': GOOGLE,
  'googlemail.com': GOOGLE,
  'outlook.com': OUTLOOK,
  'outlook.com.br': OUTLOOK,
  'hotmail.com': OUTLOOK,
  'hotmail.com.br': OUTLOOK,
  'live.com': OUTLOOK,
  'msn.com': OUTLOOK,
  'icloud.com': ICLOUD,
  'me.com': ICLOUD,
  'mac.com': ICLOUD,
  'yahoo.com': YAHOO,
  'yahoo.com.br': YAHOO,
  'uol.com.br': at('imap.uol.com.br', 'smtps.uol.com.br'),
  'bol.com.br': at('imap.bol.com.br', 'smtps.bol.com.br'),
  'terra.com.br': at('imap.terra.com.br', 'smtp.terra.com.br'),
  'zoho.com': at('imap.zoho.com', 'smtp.zoho.com'),
  'fastmail.com': { ...at('imap.fastmail.com', 'smtp.fastmail.com', 465), appPassword: true },
}

/** The preset for an address or a server's host name, if its provider is known. */
export function presetOf(addressOrHost: string): EmailPreset | undefined {
  const name = addressOrHost.slice(addressOrHost.lastIndexOf('@') + 1).toLowerCase()
  const own = BY_DOMAIN[name]
  if (own !== undefined) return own
  return Object.values(BY_DOMAIN).find(({ imap, smtp }) => imap.host === name || smtp.host === name)
}
