// A whole mail, bytes to ParsedMail. The door of this room; large mails enter by large-mail.ts.
import type { ParsedMail } from './parsed-mail.ts'
import { parseWithPostalMime } from './postal.ts'
import { fastWalk } from './walk.ts'

/**
 * Understands a mail: at once when it is ordinary, as a promise when postal-mime has to look. Never
 * throws or rejects, whatever the bytes. `now` (milliseconds) bounds the dates that are believed.
 */
export function parseMail(source: Buffer, now = Date.now()): ParsedMail | Promise<ParsedMail> {
  return fastWalk(source, now) ?? parseWithPostalMime(source, now)
}
