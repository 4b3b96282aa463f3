// Where the reply of a mail ends and the quoted mails below it begin. Nothing is cut: readers fold
// what follows the offset. One pass over the lines, linear in the text.

/**
 * Offset (UTF-16) of the line from which on the text is only a quote of earlier mails; null when there
 * is none, when nothing stands above it, or when the mail is a forward, whose point is what it quotes.
 * Answers written between quoted lines are left alone.
 */
export function quoteStart(text: string, subject = ''): number | null {
  const lines = linesOf(text)
  const marked = trailingMarks(lines)
  for (let at = 0; at < lines.length; at++) {
    if (at === marked) return reply(text, lines, introduction(lines, at))
    const found = isForward(subject) ? false : isHeaderBlock(lines, at) || isSeparator(lines, at)
    if (found) return reply(text, lines, rule(lines, at))
    const length = attributionLength(lines, at)
    if (length > 0 && isOnlyQuote(lines, at + length, marked)) return reply(text, lines, at)
  }
  return null
}

interface Line {
  at: number
  /** Trimmed, without the stars by which text versions mark bold. */
  text: string
}

function linesOf(text: string): Line[] {
  const lines: Line[] = []
  let at = 0
  for (const line of text.split('\n')) {
    lines.push({ at, text: line.trim().replace(/^\*+(?=\S)/, '') })
    at += line.length + 1
  }
  return lines
}

function reply(text: string, lines: readonly Line[], from: number): number | null {
  const offset = lines[from]!.at
  return text.slice(0, offset).trim() === '' ? null : offset
}

/** First line of the `>` lines that reach to the end; past the end when there are none. */
function trailingMarks(lines: readonly Line[]): number {
  let first = lines.length
  for (let at = lines.length - 1; at >= 0; at--) {
    const { text } = lines[at]!
    if (text.startsWith('>')) first = at
    else if (text !== '') break
  }
  return first
}

// In whatever language: the paragraph above the marks that ends with a colon and names somebody.
function introduction(lines: readonly Line[], marked: number): number {
  let last = marked - 1
  while (last >= 0 && lines[last]!.text === '') last--
  if (last < 0 || !lines[last]!.text.endsWith(':')) return marked
  for (let at = last; at >= 0 && at > last - LONGEST_ATTRIBUTION && lines[at]!.text !== ''; at--) {
    if (/@|\b\d{4}\b/.test(lines[at]!.text)) return at
  }
  return marked
}

/** `Em ter., 4 de nov. de 2025 às 10:00, Ana <ana@x> escreveu:` wraps over lines at will. */
const LONGEST_ATTRIBUTION = 3
const OPENING = /^(?:em|on|el|le|il|am|op|den|in data|no dia|na)\s/i
const WROTE =
  /(?:\bescreveu|\bwrote|\bescribi[óo]|\ba [ée]crit|\bha scritto|\bschrieb\b.{0,200}|\bschreef\b.{0,200}|\bskrev\b.{0,200})\s?:?$/i
const WHEN = /\b\d{4}\b|\b\d{1,2}[:h]\d{2}\b/
const STAMPED = /^\d{4}-\d{2}-\d{2}\b.{0,200}<[^<>\s]{3,200}@[^<>\s]{1,200}>\s?:$/

function attributionLength(lines: readonly Line[], at: number): number {
  const { text } = lines[at]!
  if (STAMPED.test(text.slice(0, 600))) return 1
  if (!OPENING.test(text)) return 0
  let joined = ''
  for (let length = 1; length <= LONGEST_ATTRIBUTION; length++) {
    const line = lines[at + length - 1]?.text ?? ''
    joined += ` ${line}`
    if (line === '' || joined.length > 600) return 0
    if (WROTE.test(line) && WHEN.test(joined)) return length
  }
  return 0
}

// Marked quotes must reach to the end, or an answer stands among them; unmarked ones always do.
function isOnlyQuote(lines: readonly Line[], from: number, marked: number): boolean {
  let next = from
  while (next < lines.length && lines[next]!.text === '') next++
  const isMarked = lines[next]?.text.startsWith('>') === true
  return !isMarked || next >= marked
}

const LABELS = {
  from: /^(?:de|from|von|da|van|från|fra)\s?:/i,
  date: /^(?:enviad[oa](?: em| el)?|enviado em|data|sent|date|fecha|envoyé|date d'envoi|gesendet|datum|inviato|verzonden)\s?:/i,
  to: /^(?:para|to|an|à|a|aan)\s?:/i,
  subject: /^(?:assunto|subject|asunto|objet|betreff|oggetto|onderwerp)\s?:/i,
}
/** Lines in which the fields of a copied header stand; long recipient lists wrap. */
const HEADER_LINES = 10

/** `De: … Enviada em: … Para: … Assunto: …`, as Outlook writes above what it answers. */
function isHeaderBlock(lines: readonly Line[], at: number): boolean {
  if (!LABELS.from.test(lines[at]!.text)) return false
  const below = lines.slice(at + 1, at + 1 + HEADER_LINES).map(({ text }) => text)
  const has = (label: RegExp) => below.some((text) => label.test(text))
  return has(LABELS.subject) && (has(LABELS.date) || has(LABELS.to))
}

const SEPARATOR =
  /^-{2,}\s?(?:mensagem original|original message|mensaje original|message d'origine|messaggio originale|ursprüngliche nachricht|oorspronkelijk bericht)\s?-{2,}$/i

function isSeparator(lines: readonly Line[], at: number): boolean {
  return SEPARATOR.test(lines[at]!.text)
}

/** A rule right above belongs to the quote. */
function rule(lines: readonly Line[], at: number): number {
  let above = at - 1
  while (above >= 0 && lines[above]!.text === '') above--
  return above >= 0 && /^[_-]{5,}$/.test(lines[above]!.text) ? above : at
}

function isForward(subject: string): boolean {
  return /^\s*(?:(?:re|res)\s*:\s*)?(?:enc|fwd?|rv|tr|wg|i)\s*:/i.test(subject)
}
