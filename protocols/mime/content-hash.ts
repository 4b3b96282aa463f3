// The identity of a mail whose server gives none: equal for every copy, however it was fetched.
import { hash } from 'node:crypto'
import type { TextBlock } from './body.ts'
import { leafText } from './part-tree.ts'

/** What the hash covers. `date` is the raw header value: two readings of it must not differ. */
export interface HashInput {
  messageId: string | null
  date: string
  fromAddress: string
  subject: string
  /** See `hashedText`. */
  text: string
  /** Tells apart mails without a Message-ID: the first hop's Received field and the files' names. */
  marks: string[]
}

/**
 * sha256 hex over Message-ID, raw Date header, From address, subject and text, joined by NUL (which
 * none of them can hold) after white space was collapsed in each. Without a Message-ID the marks
 * follow: scanners and forms send many mails with one subject, no text and within one second.
 */
export function contentHash(input: HashInput): string {
  const { messageId, date, fromAddress, subject, text, marks } = input
  const fields = [messageId ?? '', date, fromAddress, subject].map(collapse)
  const further = messageId === null ? marks.map((mark) => `\0${collapse(mark)}`).join('') : ''
  return hash('sha256', `${fields.join('\0')}\0${text}${further}`)
}

/**
 * The first 4,096 characters (UTF-16) of the first body text, charset-decoded but not converted from
 * HTML: a better HTML converter must not make old mails look new.
 */
export function hashedText(blocks: TextBlock[]): string {
  for (const { plain, html } of blocks) {
    for (const leaf of [...plain, ...html]) {
      const text = collapse(leafText(leaf).slice(0, 4 * HASHED))
      if (text !== '') return text.slice(0, HASHED)
    }
  }
  return ''
}

const HASHED = 4096

function collapse(text: string): string {
  return text.replace(/\s+/g, ' ').trim()
}
