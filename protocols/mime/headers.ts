// A header block as fields (RFC 5322 2.2): found by index, decoded only when asked for.
import { isAscii, isUtf8 } from 'node:buffer'
import { decodeWindows1252 } from './charset.ts'

/** The fields of one header block. Names are asked for in lower case. */
export interface Headers {
  /** False when a line is neither a field nor a continuation: another parser should look. */
  wellFormed: boolean
  /** Value of the first field of that name, unfolded and trimmed; encoded words untouched. */
  first(name: string): string | undefined
  /** Values of every field of that name, top to bottom. */
  all(name: string): string[]
  /** Whether there is a field of any of these names: one look at the block for all of them. */
  hasAny(wanted: ReadonlySet<string>): boolean
}

/** Reads `source` from `start` to `end`, which is the end of the block, not of the mail. */
export function readHeaders(source: Buffer, start = 0, end = source.length): Headers {
  const block = source.toString('latin1', start, end)
  const names: string[] = []
  const spans: number[] = []
  const wellFormed = scanFields(block, names, spans)
  const ascii = isAscii(source.subarray(start, end))
  const valueAt = (i: number) => {
    const from = spans[2 * i]!
    const to = spans[2 * i + 1]!
    const raw = block.slice(from, to)
    return unfold(ascii ? raw : rawText(source.subarray(start + from, start + to), raw))
  }
  return {
    wellFormed,
    first: (name) => {
      const i = names.indexOf(name)
      return i === -1 ? undefined : valueAt(i)
    },
    all: (name) => {
      const values: string[] = []
      for (let i = names.indexOf(name); i !== -1; i = names.indexOf(name, i + 1)) {
        values.push(valueAt(i))
      }
      return values
    },
    hasAny: (wanted) => names.some((name) => wanted.has(name)),
  }
}

/** First index after the empty line that ends a header block, or -1; both line ends are known. */
export function bodyStart(source: Buffer, start: number, end: number): number {
  if (source[start] === 10) return start + 1
  if (source[start] === 13 && source[start + 1] === 10) return start + 2
  const span = source.subarray(start, end)
  const crlf = span.indexOf('\n\r\n', 0, 'latin1')
  const lf = (crlf === -1 ? span : span.subarray(0, crlf)).indexOf('\n\n', 0, 'latin1')
  if (lf !== -1) return start + lf + 2
  return crlf === -1 ? -1 : start + crlf + 3
}

// The next colon is searched once and remembered, so lines without one do not rescan the block.
function scanFields(block: string, names: string[], spans: number[]): boolean {
  let wellFormed = true
  let pos = 0
  let colon = -1
  while (pos < block.length) {
    const newline = block.indexOf('\n', pos)
    const lineEnd = newline === -1 ? block.length : newline
    const c = block.charCodeAt(pos)
    if (c === 32 || c === 9) {
      if (spans.length === 0) wellFormed = false
      else spans[spans.length - 1] = lineEnd
    } else if (c !== 13 && c !== 10) {
      if (colon !== Number.POSITIVE_INFINITY && colon < pos) {
        const next = block.indexOf(':', pos)
        colon = next === -1 ? Number.POSITIVE_INFINITY : next
      }
      const name = colon < lineEnd ? block.slice(pos, colon).trimEnd().toLowerCase() : ''
      if (FIELD_NAME.test(name)) {
        names.push(name)
        spans.push(colon + 1, lineEnd)
      } else {
        wellFormed = false
      }
    }
    pos = lineEnd + 1
  }
  return wellFormed
}

const FIELD_NAME = /^[!-9;-~]+$/

function rawText(bytes: Buffer, latin1: string): string {
  if (isAscii(bytes)) return latin1
  return isUtf8(bytes) ? bytes.toString('utf8') : decodeWindows1252(bytes)
}

function unfold(raw: string): string {
  const value = raw.includes('\n') ? raw.replace(/\r?\n/g, '') : raw
  return (/[\r\0]/.test(value) ? value.replace(/[\r\0]/g, ' ') : value).trim()
}
