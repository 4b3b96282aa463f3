// The tree every parser builds and everything else reads: multiparts over leaves (RFC 2046).
import { decodeText } from './charset.ts'
import { decodeWords } from './encoded-words.ts'
import { unwrapFlowed } from './flowed.ts'
import { bodyStart, readHeaders } from './headers.ts'
import { parseMessageId } from './message-ids.ts'
import { fileNameOf, type Structured } from './parameters.ts'

/** A body part without children; message/rfc822 is one too, its inside is nobody's business here. */
export interface Leaf {
  kind: 'leaf'
  /** IMAP part number (RFC 9051 6.4.5); empty for the mail as a whole. */
  part: string
  /** Lower case type/subtype. */
  contentType: string
  parameters: ReadonlyMap<string, string>
  /** Lower case disposition token or an empty string. */
  disposition: string
  fileName: string | null
  contentId: string | null
  /** Decoded bytes; an estimate while `content` is null. */
  size: number
  content: Buffer | null
  /** Of a part that holds another mail or its headers. */
  enclosed?: EnclosedMail
}

/** What is told of a mail inside another. */
export interface EnclosedMail {
  messageId: string | null
  subject: string
}

/** A multipart, its children in order. `parameters` are those of its Content-Type. */
export interface Multipart {
  kind: 'multipart'
  subtype: string
  parameters: ReadonlyMap<string, string>
  children: PartNode[]
}

export type PartNode = Leaf | Multipart

/** Fields of a part that decide what it is, already unfolded. */
export interface PartFields {
  part: string
  type: Structured
  disposition: Structured
  contentId: string | undefined
  content: Buffer
}

/** Builds a leaf; a type that is no type counts as text/plain or as unknown bytes (RFC 2045 5.2). */
export function leafOf({ part, type, disposition, contentId, content }: PartFields): Leaf {
  const contentType = mediaType(type.value)
  return {
    kind: 'leaf',
    part,
    contentType,
    parameters: type.parameters,
    disposition: disposition.value,
    fileName: fileNameOf(disposition, type),
    contentId: contentId === undefined ? null : contentIdOf(contentId),
    size: content.length,
    content,
    ...(ENCLOSING.has(contentType) ? { enclosed: enclosedIn(content) } : {}),
  }
}

const ENCLOSING = new Set([
  'message/rfc822',
  'message/global',
  'message/rfc822-headers',
  'message/global-headers',
  'text/rfc822-headers',
  'text/rfc822-header',
])

/** The two headers of an enclosed mail that matter to the mail around it. */
export function enclosedIn(content: Buffer): EnclosedMail {
  const start = bodyStart(content, 0, content.length)
  const headers = readHeaders(content, 0, start === -1 ? content.length : start)
  return {
    messageId: parseMessageId(headers.first('message-id')),
    subject: decodeWords(headers.first('subject') ?? ''),
  }
}

/** A media type in lower case, or what RFC 2045 5.2 says of a missing or broken one. */
export function mediaType(value: string): string {
  if (/^[^\s/]+\/[^\s/]+$/.test(value)) return value
  return /^(?:text\/?)?$/.test(value) ? 'text/plain' : 'application/octet-stream'
}

/** IMAP number of the nth child (from 0) of a multipart; the parent of the outermost is ''. */
export function childPart(parent: string, index: number): string {
  return parent === '' ? String(index + 1) : `${parent}.${index + 1}`
}

/** Bare Content-ID, from the header or from a `cid:` URL however written (RFC 2392). */
export function contentIdOf(raw: string): string | null {
  const url = withoutBrackets(decodeWords(raw)).replace(/^cid:/i, '')
  return withoutBrackets(unescapePercent(url)) || null
}

function withoutBrackets(text: string): string {
  return text.trim().replace(/^<|>$/g, '').trim()
}

/** All leaves of a tree, in document order. */
export function leavesOf(node: PartNode): Leaf[] {
  return node.kind === 'leaf' ? [node] : node.children.flatMap(leavesOf)
}

/** Text of a text leaf with LF line ends; flowed text is unwrapped. Empty without content. */
export function leafText(leaf: Leaf): string {
  if (leaf.content === null) return ''
  const text = decodeText(leaf.content, leaf.parameters.get('charset')).replaceAll('\r\n', '\n')
  if (leaf.contentType !== 'text/plain') return text
  if (leaf.parameters.get('format')?.toLowerCase() !== 'flowed') return text
  return unwrapFlowed(text, leaf.parameters.get('delsp')?.toLowerCase() === 'yes')
}

function unescapePercent(text: string): string {
  if (!text.includes('%')) return text
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
