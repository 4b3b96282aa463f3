// Which leaves are the message and which are attachments; how the text is put together.
import { cleanText } from './charset.ts'
import { decodeEntities } from './html-entities.ts'
import { htmlToText, textToHtml } from './html-text.ts'
import type { ParsedAttachment } from './parsed-mail.ts'
import { contentIdOf, type Leaf, leafText, type PartNode } from './part-tree.ts'

/** One representation of a piece of the message; a multipart/alternative has both kinds. */
export interface TextBlock {
  plain: Leaf[]
  html: Leaf[]
}

/** Leaves of a tree sorted by purpose, in document order. */
export interface Sorted {
  blocks: TextBlock[]
  attachments: Leaf[]
}

/** Sorts the leaves of a mail into body text and attachments. */
export function sortLeaves(root: PartNode): Sorted {
  const sorted: Sorted = { blocks: [], attachments: [] }
  visit(root, undefined, false, sorted)
  return sorted
}

/** Body text: plain where there is some, else the HTML as text; pieces follow each other. */
export function bodyText(blocks: TextBlock[]): string {
  const pieces = blocks.map(({ plain, html }) => {
    const text = joined(plain.map(leafText))
    if (html.length === 0 || text.trim() !== '') return text
    return joined(html.map((leaf) => htmlToText(leafText(leaf))))
  })
  return withoutEmptyTop(joined(pieces))
}

/** Body HTML, or null when no piece is HTML; plain pieces of a mixed mail are escaped into it. */
export function bodyHtml(blocks: TextBlock[]): string | null {
  if (!blocks.some(({ html }) => html.length > 0)) return null
  const pieces = blocks.map(({ plain, html }) =>
    html.length > 0 ? joined(html.map(leafText)) : textToHtml(joined(plain.map(leafText))),
  )
  return joined(pieces).trim() || null
}

/** Attachment leaves as the platform shows them; `html` tells which of them are inline images. */
export function attachmentsOf(leaves: Leaf[], html: string | null): ParsedAttachment[] {
  if (leaves.length === 0) return []
  const shown =
    html === null || leaves.every((leaf) => leaf.contentId === null) ? null : cidsIn(html)
  return leaves.map((leaf) => ({
    part: leaf.part,
    fileName: cleanText(leaf.fileName ?? defaultFileName(leaf)),
    contentType: leaf.contentType,
    contentId: leaf.contentId,
    inline: leaf.contentId !== null && (shown?.has(leaf.contentId.toLowerCase()) ?? false),
    size: leaf.size,
    content: leaf.content,
  }))
}

function visit(
  node: PartNode,
  alternative: TextBlock | undefined,
  later: boolean,
  sorted: Sorted,
): void {
  if (node.kind === 'leaf') {
    if (isBodyText(node, later)) {
      const block = alternative ?? { plain: [], html: [] }
      if (alternative === undefined) sorted.blocks.push(block)
      block[node.contentType === 'text/html' ? 'html' : 'plain'].push(node)
    } else if (alternative === undefined || !REPEATS.has(node.contentType)) {
      sorted.attachments.push(node)
    }
    return
  }
  let block = alternative
  if (node.subtype === 'alternative') {
    block = { plain: [], html: [] }
    sorted.blocks.push(block)
  }
  const isList = node.subtype !== 'alternative' && node.subtype !== 'related'
  node.children.forEach((child, i) => {
    visit(child, block, isList && i > 0, sorted)
  })
}

// A named text after the first part is a file the sender inserted (`notes.txt`), not the message.
function isBodyText(leaf: Leaf, later: boolean): boolean {
  if (leaf.contentType !== 'text/plain' && leaf.contentType !== 'text/html') return false
  return leaf.disposition !== 'attachment' && !(later && leaf.fileName !== null)
}

// Alternatives that say the same again; as attachments they would only be noise.
const REPEATS = new Set(['text/x-amp-html', 'text/watch-html', 'text/enriched', 'text/richtext'])

// One line break between pieces, however many the sender's mailer left at their ends.
function joined(pieces: string[]): string {
  return pieces.map((piece) => piece.trimEnd()).join('\n')
}

function withoutEmptyTop(text: string): string {
  return text.replace(/^(?:[^\S\n]*\n)+/, '')
}

function cidsIn(html: string): Set<string> {
  const found = new Set<string>()
  for (const match of html.matchAll(/cid:([^"'\s<>)]+)/gi)) {
    const id = contentIdOf(decodeEntities(match[1]!))
    if (id !== null) found.add(id.toLowerCase())
  }
  return found
}

function defaultFileName(leaf: Leaf): string {
  // What a forwarded mail is called helps more than that it is one.
  const subject = leaf.contentType.endsWith('headers') ? '' : asFileName(leaf.enclosed?.subject)
  if (subject !== '') return `${subject}.eml`
  const fixed = NAMES[leaf.contentType]
  if (fixed !== undefined) return fixed
  const subtype = leaf.contentType.slice(leaf.contentType.indexOf('/') + 1)
  const extension = EXTENSIONS[subtype] ?? (/^[a-z0-9]{2,4}$/.test(subtype) ? subtype : 'bin')
  return `attachment-${leaf.part || '1'}.${extension}`
}

function asFileName(text = ''): string {
  return text
    .replace(/[\s\p{Cc}/\\:*?"<>|]+/gu, ' ')
    .trim()
    .slice(0, 100)
    .trimEnd()
}

const NAMES: Record<string, string> = {
  'message/rfc822': 'message.eml',
  'message/global': 'message.eml',
  'message/delivery-status': 'delivery-status.txt',
  'message/disposition-notification': 'read-receipt.txt',
  'text/rfc822-headers': 'headers.txt',
  'text/calendar': 'invite.ics',
  'application/pgp-signature': 'signature.asc',
  'application/pkcs7-signature': 'smime.p7s',
  'application/pkcs7-mime': 'smime.p7m',
  'application/ms-tnef': 'winmail.dat',
}
const EXTENSIONS: Record<string, string> = {
  plain: 'txt',
  jpeg: 'jpg',
  'svg+xml': 'svg',
  mpeg: 'mp3',
  'x-zip-compressed': 'zip',
  msword: 'doc',
  'vnd.openxmlformats-officedocument.wordprocessingml.document': 'docx',
  'vnd.openxmlformats-officedocument.spreadsheetml.sheet': 'xlsx',
  'vnd.openxmlformats-officedocument.presentationml.presentation': 'pptx',
  'vnd.ms-excel': 'xls',
}
