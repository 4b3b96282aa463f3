// Writes RFC-correct MIME: folded headers, encoded words, transfer encodings, multiparts. CRLF.
import iconv from 'iconv-lite'

export type Charset = 'utf-8' | 'iso-8859-1' | 'windows-1252'
export type Transfer = 'quoted-printable' | 'base64' | '8bit'

/** Header lines and a body, both with CRLF. */
export interface Entity {
  headers: string[]
  body: Buffer
}

/** A text part; `format` adds parameters such as `; format=flowed`. */
export function textEntity(
  subtype: string,
  text: string,
  { charset, transfer, format = '' }: { charset: Charset; transfer: Transfer; format?: string },
): Entity {
  const bytes = iconv.encode(text.replaceAll('\n', '\r\n'), charset)
  return {
    headers: [
      `Content-Type: text/${subtype}; charset=${charset}${format}`,
      `Content-Transfer-Encoding: ${transfer}`,
    ],
    body: transferEncode(bytes, transfer),
  }
}

/** A base64 attachment whose name is written the RFC 2231 way, or as an encoded word. */
export function fileEntity(
  contentType: string,
  name: string,
  content: Buffer,
  { words = false, headers = [] as string[], disposition = 'attachment' } = {},
): Entity {
  const encoded = words
    ? `filename="${encodeWord(name, 'utf-8', 'B')}"`
    : [...name].every((c) => c < '\x7f')
      ? `filename="${name}"`
      : rfc2231('filename', name)
  return {
    headers: [
      `Content-Type: ${contentType}`,
      'Content-Transfer-Encoding: base64',
      `Content-Disposition: ${disposition};\r\n ${encoded}`,
      ...headers,
    ],
    body: transferEncode(content, 'base64'),
  }
}

/** A multipart of the given entities; `boundary` must not occur in them. */
export function multipart(subtype: string, boundary: string, parts: Entity[]): Entity {
  const chunks: Buffer[] = []
  for (const part of parts) {
    chunks.push(Buffer.from(`--${boundary}\r\n${part.headers.join('\r\n')}\r\n\r\n`))
    chunks.push(part.body, Buffer.from('\r\n'))
  }
  chunks.push(Buffer.from(`--${boundary}--\r\n`))
  return {
    headers: [`Content-Type: multipart/${subtype}; boundary="${boundary}"`],
    body: Buffer.concat(chunks),
  }
}

/** The finished mail: top headers first, then those of the entity. */
export function writeMail(headers: string[], entity: Entity): Buffer {
  const head = [...headers, 'MIME-Version: 1.0', ...entity.headers].join('\r\n')
  return Buffer.concat([Buffer.from(`${head}\r\n\r\n`), entity.body])
}

/** RFC 2047 words folded at 75 characters; plain ASCII comes back as it is. */
export function encodeWords(text: string, charset: Charset, encoding: 'Q' | 'B'): string {
  if ([...text].every((c) => c >= ' ' && c < '\x7f')) return text
  const words: string[] = []
  let chunk = ''
  for (const c of text) {
    if (encodeWord(chunk + c, charset, encoding).length > 75) {
      words.push(encodeWord(chunk, charset, encoding))
      chunk = ''
    }
    chunk += c
  }
  words.push(encodeWord(chunk, charset, encoding))
  return words.join('\r\n ')
}

function encodeWord(text: string, charset: Charset, encoding: 'Q' | 'B'): string {
  const bytes = iconv.encode(text, charset)
  const body =
    encoding === 'B'
      ? bytes.toString('base64')
      : Array.from(bytes, (b) =>
          b === 32 ? '_' : SAFE.test(String.fromCharCode(b)) ? String.fromCharCode(b) : escaped(b),
        ).join('')
  return `=?${charset}?${encoding}?${body}?=`
}

const SAFE = /^[A-Za-z0-9]$/

function rfc2231(parameter: string, value: string): string {
  const text = Array.from(Buffer.from(value), (b) =>
    SAFE.test(String.fromCharCode(b)) || b === 46 ? String.fromCharCode(b) : `%${hex(b)}`,
  ).join('')
  const chunks = text.match(/(?:%..|.){1,40}/g) ?? ['']
  return chunks
    .map((chunk, i) => `${parameter}*${i}*=${i === 0 ? "utf-8'pt'" : ''}${chunk}`)
    .join(';\r\n ')
}

function transferEncode(bytes: Buffer, transfer: Transfer): Buffer {
  if (transfer === '8bit') return bytes
  if (transfer === 'base64') {
    return Buffer.from(bytes.toString('base64').replace(/(.{76})(?=.)/g, '$1\r\n'))
  }
  return quotedPrintable(bytes)
}

function quotedPrintable(bytes: Buffer): Buffer {
  const lines: string[] = []
  let line = ''
  for (let i = 0; i < bytes.length; i++) {
    const b = bytes[i]!
    if (b === 13 && bytes[i + 1] === 10) {
      lines.push(line)
      line = ''
      i++
      continue
    }
    const atEnd = i + 1 === bytes.length || bytes[i + 1] === 13
    const literal = (b >= 33 && b <= 126 && b !== 61) || ((b === 32 || b === 9) && !atEnd)
    const unit = literal ? String.fromCharCode(b) : escaped(b)
    if (line.length + unit.length > 75) {
      lines.push(`${line}=`)
      line = ''
    }
    line += unit
  }
  lines.push(line)
  return Buffer.from(lines.join('\r\n'))
}

function escaped(b: number): string {
  return `=${hex(b)}`
}

function hex(b: number): string {
  return b.toString(16).toUpperCase().padStart(2, '0')
}
