// Mails too large to fetch whole: understood from BODYSTRUCTURE, the header and the text parts alone.
import type { MessageStructureObject } from 'imapflow'
import { attachmentsOf, sortLeaves } from './body.ts'
import { cleanText } from './charset.ts'
import { isReportPart } from './delivery-report.ts'
import { readHeaders } from './headers.ts'
import { parseMessageId } from './message-ids.ts'
import { fileNameOf } from './parameters.ts'
import type { ParsedAttachment, ParsedMail } from './parsed-mail.ts'
import {
  childPart,
  contentIdOf,
  enclosedIn,
  type Leaf,
  leavesOf,
  mediaType,
  type PartNode,
} from './part-tree.ts'
import { decodeTransfer } from './transfer-encoding.ts'
import { understand } from './understand.ts'

/** A part of text, or of a delivery report, to fetch with BODY.PEEK[part]. `size` is bytes as transferred. */
export interface TextPart {
  part: string
  contentType: string
  charset: string | null
  /** Lower case transfer encoding, which `assembleMail` undoes. */
  encoding: string
  size: number
}

/** What to fetch and what to leave. `root` is for `assembleMail`; the plan lives in memory only. */
export interface LargeMailPlan {
  textParts: TextPart[]
  attachments: ParsedAttachment[]
  root: PartNode
  /** The structure shows nothing of a mail whose boundaries are broken: it has to be read whole. */
  isHollow: boolean
}

/** Reads a BODYSTRUCTURE: which parts are the text, and what is attached (contents stay null). */
export function planLargeMail(bodyStructure: MessageStructureObject): LargeMailPlan {
  const sources = new Map<Leaf, MessageStructureObject>()
  const root = toNode(bodyStructure, '', 0, sources)
  const { blocks, attachments } = sortLeaves(root)
  const texts = blocks.flatMap(({ plain, html }) => [...plain, ...html])
  const reports = attachments.filter(
    ({ contentType, size }) => isReportPart(contentType) && size <= LARGEST_REPORT,
  )
  return {
    textParts: [...texts, ...reports].map((leaf) => ({
      part: leaf.part,
      contentType: leaf.contentType,
      charset: leaf.parameters.get('charset') ?? null,
      encoding: encodingOf(sources.get(leaf)),
      size: sources.get(leaf)?.size ?? 0,
    })),
    attachments: attachmentsOf(attachments, null),
    root,
    isHollow: leavesOf(root).every(({ size }) => size === 0),
  }
}

/**
 * Puts a mail together. `headers` is BODY[HEADER]; `parts` holds the text parts as fetched, still
 * transfer-encoded, possibly cut short. The contentHash equals that of the mail read whole.
 */
export function assembleMail(
  headers: Buffer,
  parts: ReadonlyMap<string, Buffer>,
  plan: LargeMailPlan,
  now = Date.now(),
): ParsedMail {
  const encodings = new Map(plan.textParts.map(({ part, encoding }) => [part, encoding]))
  const fill = (node: PartNode): PartNode => {
    if (node.kind === 'multipart') return { ...node, children: node.children.map(fill) }
    const encoding = encodings.get(node.part)
    const bytes = encoding === undefined ? undefined : parts.get(node.part)
    if (encoding === undefined || bytes === undefined) return node
    const content = decodeTransfer(bytes, encoding)
    const enclosed = HEADERS_ALONE.test(node.contentType) ? { enclosed: enclosedIn(content) } : {}
    return { ...node, content, size: content.length, ...enclosed }
  }
  return understand(readHeaders(headers), fill(plan.root), now)
}

const HEADERS_ALONE = /^(?:text\/rfc822-headers?|message\/(?:rfc822|global)-headers)$/

// A larger one is a file that only claims to be a report, and stays in the mailbox.
const LARGEST_REPORT = 64 * 1024

// Servers stop at some depth of their own; the cap only guards the stack.
const DEEPEST = 256

function toNode(
  structure: MessageStructureObject,
  part: string,
  depth: number,
  sources: Map<Leaf, MessageStructureObject>,
): PartNode {
  const parameters = lowerKeys(structure.parameters)
  const type = structure.type.toLowerCase()
  const children = structure.childNodes ?? []
  if (type.startsWith('multipart/') && children.length > 0 && depth < DEEPEST) {
    return {
      kind: 'multipart',
      subtype: type.slice('multipart/'.length),
      parameters,
      children: children.map((child, i) => toNode(child, childPart(part, i), depth + 1, sources)),
    }
  }
  const disposition = {
    value: (structure.disposition ?? '').toLowerCase(),
    parameters: lowerKeys(structure.dispositionParameters),
  }
  const leaf: Leaf = {
    kind: 'leaf',
    part: structure.part ?? (part || '1'),
    contentType: mediaType(type),
    parameters,
    disposition: disposition.value,
    fileName: fileNameOf(disposition, { value: type, parameters }),
    contentId: structure.id === undefined ? null : contentIdOf(structure.id),
    size: decodedSize(structure),
    content: null,
    ...enclosedBy(structure),
  }
  sources.set(leaf, structure)
  return leaf
}

// Servers tell the envelope of a mail inside the mail; its headers alone (text/rfc822-headers) are read.
function enclosedBy({ envelope }: MessageStructureObject): Pick<Leaf, 'enclosed'> {
  if (envelope === undefined) return {}
  const { messageId, subject = '' } = envelope
  return { enclosed: { messageId: parseMessageId(messageId), subject: cleanText(subject) } }
}

function lowerKeys(record: Record<string, string> | undefined): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(record ?? {}).map(([key, value]) => [key.toLowerCase(), cleanText(value)]),
  )
}

function encodingOf(structure: MessageStructureObject | undefined): string {
  return (structure?.encoding ?? '').trim().toLowerCase()
}

// Base64 lines of 76 characters carry 57 bytes in 78.
function decodedSize(structure: MessageStructureObject): number {
  const size = structure.size ?? 0
  return encodingOf(structure) === 'base64' ? Math.round((size * 57) / 78) : size
}
