// The autoconfig document (Thunderbird's clientConfig 1.1) as servers. Whoever owns the domain wrote
// it, so it is only read: no DTD, no entities, and every host in it still has to be checked.
import { XMLParser } from 'fast-xml-parser'
import type { FoundServer } from './candidate.ts'

export interface Autoconfig {
  provider: string | null
  /** In the order of the document, which is the owner's preference. */
  imap: FoundServer[]
  smtp: FoundServer[]
}

/** Undefined when it is not such a document. */
export function readAutoconfig(xml: string, address: string): Autoconfig | undefined {
  if (/<!(?:DOCTYPE|ENTITY)/i.test(xml)) return undefined
  const provider = fieldsOf(fieldsOf(parsed(xml)?.clientConfig).emailProvider)
  const servers = (name: string, type: string) =>
    listOf(provider[name])
      .map(fieldsOf)
      .filter((server) => server['@type'] === type && takesPasswords(server))
      .flatMap((server) => serverOf(server, address) ?? [])
  const imap = servers('incomingServer', 'imap')
  const smtp = servers('outgoingServer', 'smtp')
  if (imap.length === 0 && smtp.length === 0) return undefined
  const name = textOf(provider.displayName).trim().slice(0, 100)
  return { provider: name || null, imap, smtp }
}

function parsed(xml: string): Fields | undefined {
  const parser = new XMLParser({
    ignoreAttributes: false,
    attributeNamePrefix: '@',
    parseTagValue: false,
    processEntities: false,
  })
  try {
    return fieldsOf(parser.parse(xml, true))
  } catch {
    // The library throws plain errors for what is not XML.
    return undefined
  }
}

function takesPasswords(server: Fields): boolean {
  const methods = listOf(server.authentication).map(textOf)
  return methods.length === 0 || methods.some((method) => /^(?:password|plain|secure)/.test(method))
}

function serverOf(server: Fields, address: string): FoundServer | undefined {
  const encryption = ENCRYPTIONS[textOf(server.socketType).toUpperCase()]
  const host = filled(textOf(server.hostname), address).toLowerCase()
  const port = Number(textOf(server.port))
  if (encryption === undefined || !HOST.test(host) || !Number.isInteger(port)) return undefined
  const login = filled(textOf(server.username), address)
  return { host, port, encryption, login: /^[^\s&%]{1,320}$/.test(login) ? login : address }
}

// `plain` is left out: a password is not sent in the clear because a document says so.
const ENCRYPTIONS: Record<string, FoundServer['encryption'] | undefined> = {
  SSL: 'tls',
  STARTTLS: 'starttls',
}
const HOST = /^(?:[a-z0-9_-]{1,63}\.)+[a-z0-9-]{1,63}$/

function filled(text: string, address: string): string {
  const at = address.lastIndexOf('@')
  return text
    .trim()
    .replaceAll('%EMAILADDRESS%', () => address)
    .replaceAll('%EMAILLOCALPART%', () => address.slice(0, at))
    .replaceAll('%EMAILDOMAIN%', () => address.slice(at + 1))
}

type Fields = Record<string, unknown>

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {}
}

/** One element comes alone, several as a list. */
function listOf(value: unknown): unknown[] {
  if (value === undefined) return []
  return Array.isArray(value) ? value : [value]
}

/** Text of an element, whether or not it has attributes. */
function textOf(value: unknown): string {
  const text = typeof value === 'object' ? fieldsOf(value)['#text'] : value
  return typeof text === 'string' ? text : ''
}
