// The patient reading: postal-mime builds the part tree, everything after that is shared.
import PostalMime from 'postal-mime'
import { bodyStart, readHeaders } from './headers.ts'
import type { ParsedMail } from './parsed-mail.ts'
import { childPart, leafOf, type PartNode } from './part-tree.ts'
import { understand } from './understand.ts'

/** Reads any mail, slowly; a mail even postal-mime refuses becomes its own attachment. */
export async function parseWithPostalMime(source: Buffer, now = Date.now()): Promise<ParsedMail> {
  const start = bodyStart(source, 0, source.length)
  const headers = readHeaders(source, 0, start === -1 ? source.length : start)
  return understand(headers, await partTree(source), now)
}

// What postal-mime knows of a part. Its types hide the tree; a test notices when it moves.
interface PostalNode {
  contentType: { parsed: PostalStructured; multipart: string | false }
  contentDisposition: { parsed: PostalStructured }
  contentId?: string
  content: ArrayBuffer | null
  childNodes: PostalNode[]
}
interface PostalStructured {
  value: string
  params: Record<string, string>
}

async function partTree(source: Buffer): Promise<PartNode> {
  try {
    const parser = new PostalMime({ forceRfc822Attachments: true })
    await parser.parse(source)
    return convert((parser as unknown as { root: PostalNode }).root, '')
  } catch {
    // Nested beyond 256 levels or megabytes of headers: kept whole, understood by its headers.
    return leafOf({
      part: '',
      type: { value: 'message/rfc822', parameters: new Map() },
      disposition: { value: 'attachment', parameters: new Map() },
      contentId: undefined,
      content: source,
    })
  }
}

function convert(node: PostalNode, part: string): PartNode {
  const type = structured(node.contentType.parsed)
  if (node.contentType.multipart !== false && node.childNodes.length > 0) {
    return {
      kind: 'multipart',
      subtype: node.contentType.multipart,
      parameters: type.parameters,
      children: node.childNodes.map((child, i) => convert(child, childPart(part, i))),
    }
  }
  // A multipart whose boundary never comes is the text it looks like.
  const broken = node.contentType.multipart !== false
  return leafOf({
    part: part || '1',
    type: broken ? { value: 'text/plain', parameters: new Map() } : type,
    disposition: structured(node.contentDisposition.parsed),
    contentId: node.contentId,
    content: Buffer.from(node.content ?? new ArrayBuffer(0)),
  })
}

function structured({ value, params }: PostalStructured) {
  return { value, parameters: new Map(Object.entries(params)) }
}
