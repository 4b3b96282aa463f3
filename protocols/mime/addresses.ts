// Address lists (RFC 5322 3.4) as mails really write them. Groups are flattened, comments become names.
import { decodeWords, isOnlyEncodedWords } from './encoded-words.ts'
import type { MailAddress } from './parsed-mail.ts'

/**
 * Mailboxes of one unfolded header value, encoded words still in place. What has no usable address
 * (`undisclosed-recipients:;`, a bare name) is left out.
 */
export function parseAddresses(value: string): MailAddress[] {
  return scanMailboxes(value, true)
}

/** All mailboxes of several fields of one name, in order. */
export function parseAddressFields(values: string[]): MailAddress[] {
  return values.length === 1 ? parseAddresses(values[0]!) : values.flatMap(parseAddresses)
}

/** Trims and lower-cases the domain; null unless it looks like `local@domain`. */
export function normalizeAddress(raw: string): string | null {
  const address = raw
    .trim()
    .replace(raw.includes('"') ? /[\p{Cc}\p{Cf}]/gu : /[\s\p{Cc}\p{Cf}]/gu, '')
  const at = address.lastIndexOf('@')
  if (at < 1 || at === address.length - 1 || address.length > 320) return null
  return address.slice(0, at) + address.slice(at).toLowerCase()
}

interface Pending {
  words: string
  /** Same text without quoted strings: an address inside quotes is never trusted. */
  bare: string
  comment: string
  angle: string | null
}

const empty = (): Pending => ({ words: '', bare: '', comment: '', angle: null })

function scanMailboxes(value: string, mayReparse: boolean): MailAddress[] {
  const found: MailAddress[] = []
  let pending = empty()
  let quotesUsable = true
  let pos = 0
  const finish = () => {
    for (const mailbox of toMailboxes(pending, mayReparse)) found.push(mailbox)
    pending = empty()
  }
  while (pos < value.length) {
    const stop = nextSpecial(value, pos)
    if (stop > pos) {
      const text = value.slice(pos, stop)
      pending.words += text
      pending.bare += text
    }
    const c = value[stop]
    pos = stop + 1
    if (c === '"' && quotesUsable) {
      const { text, end, closed } = quotedString(value, pos)
      // Searched to the end in vain once is enough: hostile headers stay linear.
      quotesUsable = closed
      pos = end
      // A quoted local part ("john doe"@example.com) belongs to the address, any other to the name.
      if (value[end] === '@' && pending.angle === null) {
        pos = atomEnd(value, end)
        pending.angle = `"${text}"${value.slice(end, pos)}`
      } else pending.words += ` ${text} `
    } else if (c === '(') {
      const [text, end] = comment(value, pos)
      pending.comment ||= text
      pos = end
    } else if (c === '<') {
      const close = value.indexOf('>', pos)
      const end = close === -1 ? value.length : close
      const inside = value.slice(pos, end)
      // Some names hold a stray `<`: the last one opens the address.
      pending.angle ??= inside.slice(inside.lastIndexOf('<') + 1)
      pos = end + 1
    } else if (c === ':') {
      // The name of a group; `<a:b@c>` routes never come here.
      pending = empty()
    } else if (c === ',' || c === ';') {
      finish()
    }
  }
  finish()
  return found
}

function atomEnd(value: string, from: number): number {
  const length = value.slice(from).search(/[\s,;<>(]/)
  return length === -1 ? value.length : from + length
}

function nextSpecial(value: string, from: number): number {
  for (let i = from; i < value.length; i++) {
    switch (value.charCodeAt(i)) {
      case 34: // "
      case 40: // (
      case 44: // ,
      case 58: // :
      case 59: // ;
      case 60: // <
        return i
    }
  }
  return value.length
}

// An unclosed quote is an apostrophe-like slip: it then quotes nothing beyond the next `<`.
function quotedString(value: string, from: number) {
  let text = ''
  for (let i = from; i < value.length; i++) {
    const c = value[i]!
    if (c === '"') return { text, end: i + 1, closed: true }
    if (c === '\\' && i + 1 < value.length) i++
    text += value[i]
  }
  const angle = value.indexOf('<', from)
  return angle === -1
    ? { text, end: value.length, closed: false }
    : { text: value.slice(from, angle), end: angle, closed: false }
}

function comment(value: string, from: number): [string, number] {
  let depth = 1
  for (let i = from; i < value.length; i++) {
    const c = value[i]
    if (c === '\\') i++
    else if (c === '(') depth++
    else if (c === ')' && --depth === 0) return [value.slice(from, i), i + 1]
  }
  return [value.slice(from), value.length]
}

function toMailboxes(pending: Pending, mayReparse: boolean): MailAddress[] {
  let { words } = pending
  let raw = pending.angle === null ? null : pending.angle.slice(routeEnd(pending.angle))
  if (raw === null) {
    const bare = pending.bare.split(/\s+/).findLast((word) => word.includes('@'))
    if (bare !== undefined) {
      raw = bare
      words = words.replace(bare, ' ')
    } else if (mayReparse && isOnlyEncodedWords(words)) {
      // Whole mailboxes encoded against RFC 2047 5: only an explicit <address> inside is believed.
      const decoded = decodeWords(words)
      return decoded.includes('<') ? scanMailboxes(decoded, false) : []
    }
  }
  const address = raw === null ? null : normalizeAddress(raw)
  if (address === null) return []
  const name = cleanName(decodeWords(words)) || cleanName(decodeWords(pending.comment))
  return [{ name: name === address ? '' : name, address }]
}

// RFC 5322 4.4: `<@relay,@relay:user@host>`.
function routeEnd(angle: string): number {
  return angle.trimStart().startsWith('@') ? angle.indexOf(':') + 1 : 0
}

function cleanName(name: string): string {
  const clean = name.replace(/[\s\p{Cc}]+/gu, ' ').trim()
  return clean.length > 2 && clean.startsWith("'") && clean.endsWith("'")
    ? clean.slice(1, -1).trim()
    : clean
}
