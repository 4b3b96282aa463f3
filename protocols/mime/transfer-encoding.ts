// Undoing Content-Transfer-Encoding (RFC 2045 6): bytes in, bytes out, never throws.

/** Encodings this room can undo; anything else is treated as identity by `decodeTransfer`. */
export function isKnownTransferEncoding(encoding: string): boolean {
  return IDENTITY.has(encoding) || encoding === 'base64' || encoding === 'quoted-printable'
}

/** Decodes one body whose encoding is a lower case token such as `base64`. */
export function decodeTransfer(bytes: Buffer, encoding: string): Buffer {
  if (encoding === 'base64') return decodeBase64(bytes)
  if (encoding === 'quoted-printable') return decodeQuotedPrintable(bytes)
  return bytes
}

/** Identity encodings, with the spellings seen in the wild; they add no bytes. */
export const IDENTITY: ReadonlySet<string> = new Set([
  '',
  '7bit',
  '8bit',
  'binary',
  '7-bit',
  '8-bit',
])

/** Base64 that tolerates line breaks, junk and padding in the middle (some mailers pad each line). */
export function decodeBase64(bytes: Buffer): Buffer {
  const text = bytes.toString('latin1')
  const pad = text.indexOf('=')
  if (pad === -1 || isPaddingOnly(text, pad)) return Buffer.from(text, 'base64')
  return Buffer.concat(text.split(/=+/).map((unit) => Buffer.from(unit, 'base64')))
}

function isPaddingOnly(text: string, from: number): boolean {
  for (let i = from; i < text.length; i++) {
    const c = text.charCodeAt(i)
    if (c !== 61 && c > 32) return false
  }
  return true
}

/** Quoted-printable (RFC 2045 6.7); a broken escape stays as it is written. */
export function decodeQuotedPrintable(bytes: Buffer): Buffer {
  const length = bytes.length
  let equals = bytes.indexOf(61)
  if (equals === -1) return bytes
  const out = Buffer.allocUnsafe(length)
  let write = bytes.copy(out, 0, 0, equals)
  while (equals < length) {
    let read = equals + 1
    const high = hexValue(bytes[read])
    const low = high < 0 ? -1 : hexValue(bytes[read + 1])
    if (low >= 0) {
      out[write++] = (high << 4) | low
      read += 2
    } else {
      const next = softBreakEnd(bytes, read)
      if (next === -1) out[write++] = 61
      else read = next
    }
    while (read < length && bytes[read] !== 61) out[write++] = bytes[read++]!
    equals = read
  }
  return out.subarray(0, write)
}

// `=` followed by optional padding and a line end (or the end of the body) joins two lines.
function softBreakEnd(bytes: Buffer, from: number): number {
  let i = from
  while (bytes[i] === 32 || bytes[i] === 9) i++
  if (bytes[i] === 13 && bytes[i + 1] === 10) return i + 2
  if (bytes[i] === 10) return i + 1
  return i >= bytes.length ? i : -1
}

function hexValue(c: number | undefined): number {
  if (c === undefined) return -1
  if (c >= 48 && c <= 57) return c - 48
  const lower = c | 32
  return lower >= 97 && lower <= 102 ? lower - 87 : -1
}
