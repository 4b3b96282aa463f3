// The corpus: real-world oddities, one mail a file, each beside what a reader must make of it. The
// expectations were written from the standards and the mailers' habits, never copied from a reading.
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export interface CorpusMail {
  /** `theme/name`. */
  name: string
  raw: Buffer
  expected: Expected
}

export interface Expected {
  /** What is odd about it, and who writes such mails. */
  why: string
  /** Fields of the ParsedMail; dates as ISO text. */
  mail?: Record<string, unknown>
  /** All attachments, in order; `content` as latin1 text. */
  attachments?: {
    fileName: string
    contentType: string
    content?: string
    [field: string]: unknown
  }[]
  /** Fields of the message in the inbox of suporte@loja.example. */
  message?: Record<string, unknown>
  /** The mail lies in Sent. */
  facts?: { sent?: boolean }
  /** Offset of the quoted part, null for none. */
  quoteStart?: number | null
}

export function corpusMails(): CorpusMail[] {
  return globSync('*/*.eml', { cwd: import.meta.dirname })
    .sort()
    .map((file) => {
      const path = join(import.meta.dirname, file)
      const expected = readFileSync(path.replace(/\.eml$/, '.json'), 'utf8')
      return {
        name: file.replace(/\.eml$/, ''),
        raw: readFileSync(path),
        expected: JSON.parse(expected) as Expected,
      }
    })
}
