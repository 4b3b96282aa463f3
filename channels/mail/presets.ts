// Servers of well-known providers, to fill the form and to steer to a sign-in where there is one.
import { PROVIDERS } from './providers.ts'

export interface PresetServer {
  host: string
  port: number
  encryption: 'tls' | 'starttls'
  /** What the provider calls the login. */
  login: 'address' | 'local_part'
}

export interface EmailPreset {
  /** As people know the provider. */
  name: string
  imap: PresetServer
  smtp: PresetServer
  /** The channel that serves these addresses better; never a refusal. */
  oauth?: 'google' | 'microsoft'
  /** Third programs need a password of their own. */
  appPassword: boolean
  /** IMAP is off until a person switches it on. */
  switchedOff: boolean
  /** The server puts what it sends into Sent by itself. */
  filesSent: boolean
}

/** The preset for an address or a server's host name, if its provider is known. */
export function presetOf(addressOrHost: string): EmailPreset | undefined {
  const name = addressOrHost.slice(addressOrHost.lastIndexOf('@') + 1).toLowerCase()
  return byDomain.get(name) ?? byHost.get(name)
}

/** The preset of whoever runs this mail exchanger, for domains that their owner pointed at it. */
export function presetOfExchanger(host: string): EmailPreset | undefined {
  const labels = host.toLowerCase().split('.')
  for (let at = 0; at < labels.length - 1; at++) {
    const preset = byExchanger.get(labels.slice(at).join('.'))
    if (preset !== undefined) return preset
  }
  return undefined
}

/** All of them, the best known first. */
export const PRESETS: EmailPreset[] = []
const byDomain = new Map<string, EmailPreset>()
const byHost = new Map<string, EmailPreset>()
const byExchanger = new Map<string, EmailPreset>()

for (const row of PROVIDERS.trim().split(/\n(?! )/)) {
  const [name, imap, smtp, notes, domains, exchangers] = row
    .split('|')
    .map((cell) => cell.trim().split(/\s+/).filter(Boolean)) as Row
  const has = (note: string) => notes.includes(note)
  const oauth = has('google') ? 'google' : has('microsoft') ? 'microsoft' : undefined
  const preset: EmailPreset = {
    name: name.join(' '),
    imap: serverOf(imap[0], has('local') || has('imap-local')),
    smtp: serverOf(smtp[0], has('local')),
    ...(oauth === undefined ? {} : { oauth }),
    appPassword: has('app'),
    switchedOff: has('switch'),
    filesSent: has('sent'),
  }
  PRESETS.push(preset)
  for (const domain of domains) byDomain.set(domain, preset)
  for (const domain of exchangers) byExchanger.set(domain, preset)
  // The first row of a shared host is the one for everybody.
  for (const { host } of [preset.imap, preset.smtp]) {
    if (!byHost.has(host)) byHost.set(host, preset)
  }
}

type Row = [string[], [string], [string], string[], string[], string[]]

function serverOf(cell: string, local: boolean): PresetServer {
  const [host = '', port] = cell.split(':')
  const encryption = port === '993' || port === '465' ? 'tls' : 'starttls'
  return { host, port: Number(port), encryption, login: local ? 'local_part' : 'address' }
}
