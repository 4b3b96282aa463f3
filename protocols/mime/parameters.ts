// `type/subtype; name=value` headers: RFC 2045 5.1 with comments and RFC 2231 continuations.
import { cleanText, decodeText } from './charset.ts'
import { decodeWords } from './encoded-words.ts'

/** A structured header. `value` and parameter names are lower case; the first of a name wins. */
export interface Structured {
  value: string
  parameters: ReadonlyMap<string, string>
}

/** Splits an unfolded Content-Type or Content-Disposition value; never throws. */
export function parseStructured(header: string): Structured {
  const semicolon = header.indexOf(';')
  const head = semicolon === -1 ? header : header.slice(0, semicolon)
  const value = (head.includes('(') ? withoutComments(head) : head).trim().toLowerCase()
  if (semicolon === -1) return { value, parameters: NONE }
  const raw = scanParameters(header, semicolon + 1)
  return { value, parameters: raw.extended ? joinContinuations(raw.found) : raw.found }
}

/** A file name parameter, decoded also when it is an encoded word, which RFC 2047 forbids. */
export function fileNameOf(disposition: Structured, type: Structured): string | null {
  const name = disposition.parameters.get('filename') ?? type.parameters.get('name')
  if (name === undefined) return null
  return decodeWords(name).replace(/\s+/g, ' ').trim() || null
}

const NONE: ReadonlyMap<string, string> = new Map()

function scanParameters(header: string, from: number) {
  const found = new Map<string, string>()
  let extended = false
  let pos = from
  while (pos < header.length) {
    const stop = findEither(header, pos, '=', ';')
    if (stop === header.length || header[stop] === ';') {
      pos = stop + 1
      continue
    }
    const name = cleanName(header.slice(pos, stop))
    let begin = stop + 1
    while (isSpace(header.charCodeAt(begin))) begin++
    const [value, end] = header[begin] === '"' ? quoted(header, begin + 1) : token(header, begin)
    if (name.includes('*')) extended = true
    if (name !== '' && !found.has(name)) found.set(name, value)
    pos = end
  }
  return { found, extended }
}

function cleanName(raw: string): string {
  return (raw.includes('(') ? withoutComments(raw) : raw).trim().toLowerCase()
}

// What follows a closed quote up to the next `;` is junk: RFC 2045 allows a token or a quoted string.
function quoted(header: string, from: number): [string, number] {
  let value = ''
  for (let i = from; i < header.length; i++) {
    const c = header[i]!
    if (c === '"') {
      const semicolon = header.indexOf(';', i)
      return [value, semicolon === -1 ? header.length : semicolon + 1]
    }
    if (c === '\\' && i + 1 < header.length) i++
    value += header[i]
  }
  return [value, header.length]
}

// `Invoice(1).pdf` is a name, `name (comment)` is not: a comment needs white space before it.
function token(header: string, from: number): [string, number] {
  const semicolon = header.indexOf(';', from)
  const end = semicolon === -1 ? header.length : semicolon
  const raw = header.slice(from, end)
  const comment = raw.search(/[ \t]\(/)
  return [(comment === -1 ? raw : raw.slice(0, comment)).trim(), end + 1]
}

interface Segment {
  index: number
  encoded: boolean
  value: string
}

// RFC 2231 3 and 4: name*=, name*0=, name*1*=; an extended value beats the plain one (RFC 6266 4.3).
function joinContinuations(found: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const joined = new Map<string, string>()
  const segments = new Map<string, Segment[]>()
  for (const [key, value] of found) {
    const match = /^([^*]+)\*(?:(\d{1,4})(\*)?)?$/.exec(key)
    if (match === null) {
      joined.set(key, value)
      continue
    }
    const encoded = match[2] === undefined || match[3] !== undefined
    const list = segments.get(match[1]!) ?? []
    segments.set(match[1]!, list)
    list.push({ index: Number(match[2] ?? 0), encoded, value })
  }
  for (const [name, list] of segments) joined.set(name, joinSegments(list))
  return joined
}

function joinSegments(list: Segment[]): string {
  list.sort((a, b) => a.index - b.index)
  let charset = ''
  const bytes = list.map((segment, i) => {
    let text = segment.value
    if (i === 0 && segment.encoded) {
      const match = /^([^']*)'[^']*'/.exec(text)
      charset = match?.[1] ?? ''
      text = text.slice(match?.[0].length ?? 0)
    }
    return segment.encoded ? percentBytes(text) : Buffer.from(text, 'utf8')
  })
  return decodeText(Buffer.concat(bytes), charset)
}

function percentBytes(text: string): Buffer {
  const latin1 = Buffer.from(text, 'utf8').toString('latin1')
  const plain = latin1.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  )
  return Buffer.from(plain, 'latin1')
}

/** Removes RFC 5322 comments, nested ones too; an unclosed one reaches to the end. */
export function withoutComments(text: string): string {
  let out = ''
  let depth = 0
  for (const c of text) {
    if (c === '(') depth++
    else if (c === ')' && depth > 0) depth--
    else if (depth === 0) out += c
  }
  return cleanText(out)
}

function findEither(text: string, from: number, a: string, b: string): number {
  for (let i = from; i < text.length; i++) if (text[i] === a || text[i] === b) return i
  return text.length
}

function isSpace(c: number): boolean {
  return c === 32 || c === 9
}
