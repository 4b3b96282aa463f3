// Bytes to text for whatever charset a mail claims (RFC 2046 4.1.2, WHATWG Encoding). Never throws.
import { isAscii, isUtf8 } from 'node:buffer'
import iconv from 'iconv-lite'

/**
 * Text of `bytes` in `charset`: well-formed, without NUL or BOM. An absent, unknown or lying charset
 * falls back to UTF-8 where the bytes are valid UTF-8, else to windows-1252.
 */
export function decodeText(bytes: Buffer, charset?: string): string {
  const label =
    charset === undefined
      ? ''
      : charset
          .replace(/[\s"';]+/g, '')
          .toLowerCase()
          .slice(0, 41)
  return cleanText(decode(bytes, label))
}

/** Removes what Postgres and JSON refuse: NUL and lone surrogates; a leading BOM goes too. */
export function cleanText(text: string): string {
  let clean = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text
  if (clean.includes('\0')) clean = clean.replaceAll('\0', '')
  return clean.isWellFormed() ? clean : clean.toWellFormed()
}

/** windows-1252, which is also what mail means by iso-8859-1 and by no charset at all. */
export function decodeWindows1252(bytes: Buffer): string {
  const text = bytes.toString('latin1')
  return /[\x80-\x9f]/.test(text)
    ? text.replace(/[\x80-\x9f]/g, (c) => HIGH_CONTROLS[c.charCodeAt(0) - 0x80]!)
    : text
}

const HIGH_CONTROLS = '€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ'
const GUESSED = new Set(['', 'us-ascii', 'ascii', 'utf-8', 'utf8', 'unknown-8bit', 'x-unknown'])
const WESTERN = new Set(['iso-8859-1', 'iso8859-1', 'latin1', 'windows-1252', 'cp1252'])

function decode(bytes: Buffer, label: string): string {
  if (WESTERN.has(label)) return decodeWindows1252(bytes)
  if (GUESSED.has(label)) {
    if (isAscii(bytes)) return bytes.toString('latin1')
    if (isUtf8(bytes)) return bytes.toString('utf8')
    return label.startsWith('utf') ? brokenUtf8(bytes) : decodeWindows1252(bytes)
  }
  const decoder = decoderFor(label)
  return decoder === undefined ? decode(bytes, '') : decoder(bytes)
}

// A mail cut in the middle of a character is still UTF-8; one where most characters are broken lied.
function brokenUtf8(bytes: Buffer): string {
  const text = bytes.toString('utf8')
  const broken = text.match(/\ufffd/g)?.length ?? 0
  const foreign = text.match(/[^\0-\x7f]/g)?.length ?? 0
  return broken * 2 > foreign ? decodeWindows1252(bytes) : text
}

type Decoder = (bytes: Buffer) => string
const decoders = new Map<string, Decoder | undefined>()

// Mails invent labels, so the memory of refused ones is bounded.
function decoderFor(label: string): Decoder | undefined {
  if (!decoders.has(label)) {
    if (decoders.size >= 200) decoders.clear()
    decoders.set(label, findDecoder(label))
  }
  return decoders.get(label)
}

function findDecoder(label: string): Decoder | undefined {
  if (label.length > 40) return undefined
  const bare = label.replace(/^(?:x-ms-|x-|cs)/, '').replace(/[\s._-]+/g, '')
  if (bare === 'iso2022kr') return decodeIso2022Kr
  if (bare === 'hzgb2312' || bare === 'hz') return decodeHz
  for (const name of [
    label,
    ALIASES[bare],
    CODE_PAGES[/^(?:cp|windows|ms|ibm)(\d+)$/.exec(bare)?.[1] ?? ''],
    bare,
  ]) {
    const decoder = name === undefined ? undefined : whatwgDecoder(name)
    if (decoder !== undefined) return decoder
  }
  if (/^(?:binary|base64|hex|ucs2|internal)$/.test(bare)) return undefined
  try {
    return iconv.encodingExists(label) ? (bytes) => iconv.decode(bytes, label) : undefined
  } catch {
    return undefined
  }
}

function whatwgDecoder(name: string): Decoder | undefined {
  try {
    const decoder = new TextDecoder(name)
    return (bytes) => decoder.decode(bytes)
  } catch {
    return undefined
  }
}

const ALIASES: Record<string, string> = {
  iso88598i: 'iso-8859-8',
  iso88598e: 'iso-8859-8',
  shiftjis: 'shift_jis',
  mskanji: 'shift_jis',
  eucjp: 'euc-jp',
  iso2022jp: 'iso-2022-jp',
  iso2022jp1: 'iso-2022-jp',
  iso2022jp2: 'iso-2022-jp',
  euckr: 'euc-kr',
  uhc: 'euc-kr',
  tis620: 'windows-874',
  macroman: 'macintosh',
}
const CODE_PAGES: Record<string, string> = {
  874: 'windows-874',
  932: 'shift_jis',
  936: 'gbk',
  949: 'euc-kr',
  950: 'big5',
  65001: 'utf-8',
  50220: 'iso-2022-jp',
  50221: 'iso-2022-jp',
  50222: 'iso-2022-jp',
  51932: 'euc-jp',
}

// RFC 1557: SO and SI switch between KS C 5601 with the high bit cleared and ASCII.
function decodeIso2022Kr(bytes: Buffer): string {
  const out: number[] = []
  let shifted = false
  for (let i = 0; i < bytes.length; i++) {
    const c = bytes[i]!
    if (c === 0x1b && bytes[i + 1] === 0x24 && bytes[i + 2] === 0x29) i += 3
    else if (c === 0x0e || c === 0x0f) shifted = c === 0x0e
    else out.push(shifted && c > 32 ? c | 0x80 : c)
  }
  return new TextDecoder('euc-kr').decode(Uint8Array.from(out))
}

// RFC 1843: `~{` and `~}` switch between GB 2312 with the high bit cleared and ASCII.
function decodeHz(bytes: Buffer): string {
  const out: number[] = []
  let shifted = false
  for (let i = 0; i < bytes.length; i++) {
    const c = bytes[i]!
    const next = bytes[i + 1]
    if (c !== 0x7e) {
      out.push(shifted && c > 32 ? c | 0x80 : c)
      continue
    }
    i++
    if (next === 0x7b || next === 0x7d) shifted = next === 0x7b
    else if (next !== 0x0a) out.push(0x7e)
  }
  return new TextDecoder('gbk').decode(Uint8Array.from(out))
}
