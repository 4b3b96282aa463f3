// How nasty mails are written: lines joined by CRLF, with what a reader must make of them.
import type { ParsedMail } from '../../../../protocols/mime/parsed-mail.ts'

/** One mail; `handedOver` says that the fast walk must leave it to postal-mime. */
export interface NastyMail {
  name: string
  raw: Buffer
  expected: Partial<Omit<ParsedMail, 'attachments'>>
  /** `fileName contentType` of each, in order. */
  attachments?: string[]
  handedOver?: boolean
  /** postal-mime is known to read it worse. */
  postalDiffers?: boolean
}

const HEAD = [
  'From: Ana <ana@example.com>',
  'To: suporte@loja.example',
  'Subject: Teste',
  'Date: Tue, 4 Nov 2025 10:00:00 -0300',
  'Message-ID: <nasty@example.com>',
]

// `\xNN` in a line stands for that byte: the lines are latin1.
export function mail(...lines: string[]): Buffer {
  return Buffer.from([...HEAD, ...lines].join('\r\n'), 'latin1')
}

export function bare(...lines: string[]): Buffer {
  return Buffer.from(lines.join('\r\n'), 'latin1')
}

export function part(type: string, body: string, ...headers: string[]): string[] {
  return [`Content-Type: ${type}`, ...headers, '', body]
}

export const MIXED = 'Content-Type: multipart/mixed; boundary="mix"'
