// Builds the text of an HTML mail out of words, line breaks and links.
import { decodeEntities } from './html-entities.ts'

/** Collects text the way a browser lays it out: white space collapsed, blocks on lines of their own. */
export function createTextWriter() {
  const out: string[] = []
  let breaks = 0
  let space = false

  function put(text: string): void {
    if (breaks > 0 && out.length > 0) out.push('\n'.repeat(Math.min(breaks, 2)))
    else if (space && out.length > 0) out.push(' ')
    breaks = 0
    space = false
    out.push(text)
  }

  return {
    length: () => out.length,
    text(raw: string, preserve: boolean) {
      if (preserve) {
        if (raw !== '') put(decodeEntities(raw))
        return
      }
      const words = raw.replace(/[ \t\r\n\f]+/g, ' ')
      if (words.startsWith(' ')) space = true
      const core = words.trim() === '' ? '' : decodeEntities(words.replace(/^ | $/g, ''))
      if (core === '') return
      put(core.replaceAll('\xa0', ' '))
      if (words.endsWith(' ')) space = true
    },
    lines(count: number, add: boolean) {
      breaks = add ? Math.min(breaks + count, 2) : Math.max(breaks, count)
    },
    space() {
      space = true
    },
    item() {
      breaks = Math.max(breaks, 1)
      put('*')
      space = true
    },
    rule() {
      breaks = Math.max(breaks, 1)
      put('---')
      breaks = 1
    },
    // The target is shown unless the anchor text already says it.
    link(href: string, from: number) {
      const target = href.replace(/^(?:mailto|tel):/i, '')
      const label = out.slice(from).join('')
      if (label.trim() !== '' && !label.includes(target.replace(/^https?:\/\/|\/$/gi, ''))) {
        out.push(` (${target})`)
      }
    },
    result: () => tidy(out.join('')),
  }
}

// Runs of invisible characters pad the preview line of newsletters.
function tidy(text: string): string {
  return text
    .replace(/(?:(?:\u034f|[\u00ad\u200b\u200c\ufeff]) ?){3,}/g, '')
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim()
}
