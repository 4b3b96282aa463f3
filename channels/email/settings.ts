// What an email inbox is configured with, and the form it comes from. Unknown fields are ignored.
import { isAllowListed, type NetPolicy } from '../../net/policy.ts'
import type { StageResult } from '../channel.ts'
import { InvalidSettings } from '../errors.ts'
import { aliasesAt } from '../mail/aliases.ts'
import { addressAt, foldersAt } from '../mail/form-fields.ts'

export type Encryption = 'tls' | 'starttls' | 'none'
export type CertificateCheck = 'peer' | 'none'

export interface ImapSettings {
  host: string
  port: number
  login: string
  encryption: Encryption
  /** `peer` when absent. */
  certificate?: CertificateCheck
}

export interface SmtpSettings {
  host: string
  port: number
  login: string
  /** The EHLO name; the host when absent. */
  domain?: string
  encryption: Encryption
  certificate: CertificateCheck
  authentication: 'login' | 'plain' | 'cram_md5'
  /** The server puts what it sends into Sent by itself; as its provider is known to do when absent. */
  files_sent?: boolean
  /** At most so many mails a minute; unlimited when absent. */
  per_minute?: number
}

/** Without `imap` an inbox only sends, without `smtp` it only receives. */
export interface EmailSettings {
  address: string
  /** Other addresses whose mail ends up here, groups of the account's own among them. */
  aliases?: string[]
  imap?: ImapSettings
  smtp?: SmtpSettings
  /** Folders read as incoming; the first is watched, the others are looked at beside it. */
  folders: string[]
  /** Read the Sent folder as outgoing messages. */
  sync_sent: boolean
}

export interface EmailCredentials {
  imap_password?: string
  smtp_password?: string
}

const ENCRYPTIONS = ['tls', 'starttls', 'none'] as const
const CHECKS = ['peer', 'none'] as const
const METHODS = ['login', 'plain', 'cram_md5'] as const
const IMAP_PORTS: Record<Encryption, number> = { tls: 993, starttls: 143, none: 143 }
const SMTP_PORTS: Record<Encryption, number> = { tls: 465, starttls: 587, none: 25 }

/**
 * Settings and credentials of a connect form (`{address, aliases?, imap?, smtp?, folders?, sync_sent?}`, the
 * passwords inside `imap.password` and `smtp.password`, or `imap_password` and `smtp_password`).
 * @throws InvalidSettings naming the field
 */
export function validateEmailForm(
  form: unknown,
  policy: NetPolicy = { allowHosts: [] },
): { settings: EmailSettings; credentials: EmailCredentials } {
  const fields = objectAt(form, 'form')
  const address = addressAt(fields.address)
  const imap = isOff(fields.imap) ? undefined : serverAt(fields.imap, 'imap', address)
  const smtp = isOff(fields.smtp) ? undefined : serverAt(fields.smtp, 'smtp', address)
  if (imap === undefined && smtp === undefined) throw new InvalidSettings('imap', 'nothing_enabled')
  const settings: EmailSettings = {
    address,
    aliases: aliasesAt(fields.aliases),
    folders: foldersAt(fields.folders),
    sync_sent: fields.sync_sent === undefined ? true : fields.sync_sent === true,
  }
  const credentials: EmailCredentials = {}
  if (imap !== undefined) {
    const encryption = oneOf(imap, 'encryption', ENCRYPTIONS, 'tls')
    const certificate = oneOf(imap, 'certificate', CHECKS, 'peer')
    const port = portAt(imap, IMAP_PORTS[encryption])
    settings.imap = { host: imap.host, port, login: imap.login, encryption, certificate }
    credentials.imap_password = passwordAt(imap, fields.imap_password)
    refuseClearPassword(policy, 'imap', settings.imap)
  }
  if (smtp !== undefined) {
    const encryption = oneOf(smtp, 'encryption', ENCRYPTIONS, 'starttls')
    const { domain } = smtp.fields
    settings.smtp = {
      host: smtp.host,
      port: portAt(smtp, SMTP_PORTS[encryption]),
      login: smtp.login,
      ...(isText(domain) ? { domain: hostName(domain, 'smtp.domain') } : {}),
      encryption,
      certificate: oneOf(smtp, 'certificate', CHECKS, 'none'),
      authentication: oneOf(smtp, 'authentication', METHODS, 'login'),
      ...(typeof smtp.fields.files_sent === 'boolean'
        ? { files_sent: smtp.fields.files_sent }
        : {}),
      ...perMinuteAt(smtp),
    }
    const own = fields.smtp_password ?? smtp.fields.password ?? credentials.imap_password
    credentials.smtp_password = passwordAt(smtp, own)
    refuseClearPassword(policy, 'smtp', settings.smtp)
  }
  return { settings, credentials }
}

/** A host whose certificate once verified is held to it from then on. */
export function heldToCertificate(
  { imap, smtp, ...others }: EmailSettings,
  { stage, verified }: StageResult,
): EmailSettings {
  const held = (at: StageResult['stage']) =>
    verified && stage === at ? { certificate: 'peer' as const } : {}
  return {
    ...others,
    ...(imap && { imap: { ...imap, ...held('tls') } }),
    ...(smtp && { smtp: { ...smtp, ...held('smtp_starttls') } }),
  }
}

interface ServerFields {
  name: 'imap' | 'smtp'
  fields: Record<string, unknown>
  host: string
  login: string
}

function serverAt(value: unknown, name: 'imap' | 'smtp', address: string): ServerFields {
  const fields = objectAt(value, name)
  // `address` is what the articles call the server's field.
  const host = hostName(fields.host ?? fields.address, `${name}.host`)
  const login = isText(fields.login) ? fields.login.trim() : address
  if (/[\0\r\n]/.test(login) || login.length > 320) {
    throw new InvalidSettings(`${name}.login`, 'not_a_login')
  }
  return { name, fields, host, login }
}

function hostName(value: unknown, field: string): string {
  const host = isText(value) ? value.trim().toLowerCase().replace(/\.$/, '') : ''
  if (host === '') throw new InvalidSettings(field, 'missing')
  if (
    !/^(?:[a-z0-9_]([a-z0-9_-]*[a-z0-9])?\.)*[a-z0-9]([a-z0-9-]*[a-z0-9])?$|^\[?[0-9a-f:.]+\]?$/.test(
      host,
    )
  ) {
    throw new InvalidSettings(field, 'not_a_host')
  }
  return host
}

function portAt({ name, fields }: ServerFields, usual: number): number {
  if (fields.port === undefined || fields.port === null || fields.port === '') return usual
  const port = Number(fields.port)
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new InvalidSettings(`${name}.port`, 'not_a_port')
  }
  return port
}

function perMinuteAt({ name, fields }: ServerFields): { per_minute?: number } {
  if (fields.per_minute === undefined || fields.per_minute === null) return {}
  const pace = Number(fields.per_minute)
  if (!Number.isInteger(pace) || pace < 1 || pace > 100_000) {
    throw new InvalidSettings(`${name}.per_minute`, 'not_a_number_of_mails')
  }
  return { per_minute: pace }
}

function passwordAt({ name, fields }: ServerFields, own: unknown): string {
  const password = own ?? fields.password
  if (!isText(password)) throw new InvalidSettings(`${name}.password`, 'missing')
  if (/[\0\r\n]/.test(password) || password.length > 1024) {
    throw new InvalidSettings(`${name}.password`, 'not_a_password')
  }
  return password
}

function refuseClearPassword(
  policy: NetPolicy,
  name: 'imap' | 'smtp',
  { encryption, host, port }: { encryption: Encryption; host: string; port: number },
): void {
  if (encryption === 'none' && !isAllowListed(policy, host, port)) {
    throw new InvalidSettings(`${name}.encryption`, 'password_in_clear')
  }
}

function oneOf<T extends string>(
  { name, fields }: ServerFields,
  key: string,
  allowed: readonly T[],
  usual: T,
): T {
  const value = fields[key]
  if (value === undefined || value === null || value === '') return usual
  const found = allowed.find((item) => item === value)
  if (found === undefined)
    throw new InvalidSettings(`${name}.${key}`, `not_one_of_${allowed.join('_')}`)
  return found
}

function objectAt(value: unknown, field: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new InvalidSettings(field, 'not_an_object')
  }
  return value as Record<string, unknown>
}

function isOff(value: unknown): boolean {
  if (value === undefined || value === null || value === false) return true
  return typeof value === 'object' && 'enabled' in value && value.enabled === false
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}
