// The fast reading of a mail: boundaries by Buffer.indexOf, no line loop. It gives up on anything
// unusual rather than guess; parse-mail.ts then hands the mail to postal-mime.
import { bodyStart, type Headers, readHeaders } from './headers.ts'
import { parseStructured, type Structured } from './parameters.ts'
import type { ParsedMail } from './parsed-mail.ts'
import { childPart, leafOf, type Multipart, type PartNode } from './part-tree.ts'
import { decodeTransfer, IDENTITY, isKnownTransferEncoding } from './transfer-encoding.ts'
import { understand } from './understand.ts'

/** Reads an ordinary mail; undefined when something in it is not fully recognised. */
export function fastWalk(source: Buffer, now = Date.now()): ParsedMail | undefined {
  const start = bodyStart(source, 0, source.length)
  if (start === -1) return undefined
  const headers = readHeaders(source, 0, start)
  if (!headers.wellFormed) return undefined
  const root = walkPart({ source, headers, start, end: source.length, part: '', depth: 0 })
  return root === undefined ? undefined : understand(headers, root, now)
}

interface PartSpan {
  source: Buffer
  headers: Headers
  start: number
  end: number
  part: string
  depth: number
}

// Deeper nesting is legal but never ordinary.
const DEEPEST = 8
const TEXT: Structured = { value: 'text/plain', parameters: new Map() }
const NO_DISPOSITION: Structured = { value: '', parameters: new Map() }

function walkPart(span: PartSpan): PartNode | undefined {
  const { source, headers, start, end } = span
  const typeField = headers.first('content-type')
  const type = typeField === undefined ? TEXT : parseStructured(typeField)
  const encoding = (headers.first('content-transfer-encoding') ?? '').toLowerCase()
  if (type.value.startsWith('multipart/')) {
    return IDENTITY.has(encoding) ? walkMultipart(span, type) : undefined
  }
  if (!/^[!-.0-~]+\/[!-.0-~]+$/.test(type.value) || !isKnownTransferEncoding(encoding))
    return undefined
  const dispositionField = headers.first('content-disposition')
  return leafOf({
    part: span.part || '1',
    type,
    disposition:
      dispositionField === undefined ? NO_DISPOSITION : parseStructured(dispositionField),
    contentId: headers.first('content-id'),
    content: decodeTransfer(source.subarray(start, end), encoding),
  })
}

function walkMultipart(span: PartSpan, type: Structured): Multipart | undefined {
  const boundary = type.parameters.get('boundary')
  const subtype = type.value.slice('multipart/'.length)
  // The parts of a digest have another default type (RFC 2046 5.1.5).
  if (boundary === undefined || boundary === '' || subtype === 'digest') return undefined
  if (span.depth >= DEEPEST) return undefined
  const bodies = splitParts(span, boundary)
  if (bodies === undefined) return undefined
  const children: PartNode[] = []
  for (let i = 0; i < bodies.length; i += 2) {
    const start = bodies[i]!
    const end = bodies[i + 1]!
    const body = bodyStart(span.source, start, end)
    if (body === -1) return undefined
    const headers = readHeaders(span.source, start, body)
    if (!headers.wellFormed) return undefined
    const part = childPart(span.part, i / 2)
    const child = walkPart({ ...span, headers, start: body, end, part, depth: span.depth + 1 })
    if (child === undefined) return undefined
    children.push(child)
  }
  return { kind: 'multipart', subtype, parameters: type.parameters, children }
}

// Pairs of start and end offsets; undefined unless there is at least one part and a close delimiter.
function splitParts(span: PartSpan, boundary: string): number[] | undefined {
  const { start, end } = span
  const source = span.source.subarray(0, end)
  const delimiter = Buffer.from(`\n--${boundary}`, 'utf8')
  const offsets: number[] = []
  let open = -1
  // A delimiter may be the very first line: its line break is then the end of the headers.
  let at = source.indexOf(delimiter, start - 1)
  while (at !== -1) {
    const after = at + delimiter.length
    const close = source[after] === 45 && source[after + 1] === 45
    const lineEnd = delimiterEnd(source, close ? after + 2 : after, end)
    if (lineEnd !== -1) {
      if (open !== -1) {
        const contentEnd = source[at - 1] === 13 ? at - 1 : at
        if (contentEnd < open) return undefined
        offsets.push(open, contentEnd)
      }
      if (close) return offsets.length > 0 ? offsets : undefined
      open = lineEnd
    }
    at = source.indexOf(delimiter, lineEnd === -1 ? after : lineEnd - 1)
  }
  return undefined
}

// Index after the line, or -1 when something other than white space follows the boundary.
function delimiterEnd(source: Buffer, from: number, end: number): number {
  let i = from
  while (i < end && (source[i] === 32 || source[i] === 9)) i++
  if (i >= end) return end
  if (source[i] === 10) return i + 1
  return source[i] === 13 && source[i + 1] === 10 ? i + 2 : -1
}
