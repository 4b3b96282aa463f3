// RFC 2047 encoded words in header values. Linear in the length of the value.
import { cleanText, decodeText } from './charset.ts'
import { decodeBase64 } from './transfer-encoding.ts'

// A charset may carry an RFC 2231 language (`utf-8*pt`); spaces inside the text are tolerated.
const ENCODED_WORD = /=\?([^?\s*]+)(?:\*[^?\s]*)?\?([QqBb])\?([^?]*)\?=/g

/**
 * Replaces the encoded words of an unfolded header value. White space between adjacent words is
 * dropped, and adjacent words of one charset are decoded together: some mailers split characters.
 */
export function decodeWords(value: string): string {
  if (!value.includes('=?')) return cleanText(value)
  let out = ''
  let pending: Buffer[] = []
  let charset = ''
  let last = 0
  const flush = () => {
    if (pending.length > 0) out += decodeText(Buffer.concat(pending), charset)
    pending = []
  }
  for (const match of value.matchAll(ENCODED_WORD)) {
    const [word, wordCharset, encoding, text] = match as unknown as [string, string, string, string]
    const gap = value.slice(last, match.index)
    const label = wordCharset.toLowerCase()
    const adjacent = pending.length > 0 && gap.trim() === ''
    if (!adjacent || label !== charset) {
      flush()
      if (!adjacent) out += gap
    }
    charset = label
    pending.push(encoding === 'B' || encoding === 'b' ? base64Word(text) : qWord(text))
    last = match.index + word.length
  }
  flush()
  return cleanText(out + value.slice(last))
}

/** Whether the value is nothing but encoded words, as broken mailers write whole mailboxes. */
export function isOnlyEncodedWords(value: string): boolean {
  return value.includes('=?') && value.replace(ENCODED_WORD, '').trim() === ''
}

function base64Word(text: string): Buffer {
  return decodeBase64(Buffer.from(text, 'latin1'))
}

function qWord(text: string): Buffer {
  const bytes = Buffer.from(text.replaceAll('_', ' '), 'utf8')
  const out = Buffer.allocUnsafe(bytes.length)
  let write = 0
  for (let i = 0; i < bytes.length; i++) {
    const code = bytes[i] === 61 ? hexPair(bytes, i + 1) : -1
    if (code >= 0) i += 2
    out[write++] = code >= 0 ? code : bytes[i]!
  }
  return out.subarray(0, write)
}

function hexPair(bytes: Buffer, at: number): number {
  if (at + 1 >= bytes.length) return -1
  const pair = bytes.toString('latin1', at, at + 2)
  return /^[0-9A-Fa-f]{2}$/.test(pair) ? Number.parseInt(pair, 16) : -1
}
