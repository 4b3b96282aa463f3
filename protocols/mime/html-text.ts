// HTML mail to readable text and back, one pass, linear in the input. Sanitising is not done here.
import { decodeEntities } from './html-entities.ts'

/** Text of an HTML mail: paragraphs, list items and link targets kept; scripts and styles dropped. */
export function htmlToText(html: string): string {
  const out = createWriter()
  const tags = createTagReader(html)
  let link: { href: string; from: number } | undefined
  let pre = 0
  let pos = 0
  while (pos < html.length) {
    const open = html.indexOf('<', pos)
    const textEnd = open === -1 ? html.length : open
    if (textEnd > pos) out.text(html.slice(pos, textEnd), pre > 0)
    if (open === -1) break
    const tag = tags.read(open)
    pos = tag.end
    if (tag.name === '') {
      if (tag.literal) out.text('<', pre > 0)
      continue
    }
    if (RAW.has(tag.name) && !tag.closing) pos = tags.skipRaw(tag.name, pos)
    else if (tag.name === 'br') out.lines(1, true)
    else if (tag.name === 'hr') out.rule()
    else if (tag.name === 'img') out.text(attribute(html.slice(open, pos), ALT), false)
    else if (tag.name === 'a') {
      if (link !== undefined) out.link(link.href, link.from)
      const href = tag.closing ? '' : attribute(html.slice(open, pos), HREF)
      link = /^(?:https?|mailto|tel):/i.test(href) ? { href, from: out.length() } : undefined
    } else if (tag.name === 'pre') pre = Math.max(0, pre + (tag.closing ? -1 : 1))
    else if (tag.name === 'li') tag.closing ? out.lines(1, false) : out.item()
    else if (tag.name === 'td' || tag.name === 'th') out.space()
    if (PARAGRAPHS.has(tag.name)) out.lines(2, false)
    else if (BLOCKS.has(tag.name)) out.lines(1, false)
  }
  if (link !== undefined) out.link(link.href, link.from)
  return out.result()
}

/** Plain text as the HTML that shows it unchanged, for mails that mix both kinds. */
export function textToHtml(text: string): string {
  const escaped = text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
  return `<div>${escaped.replaceAll('\n', '<br>\n')}</div>`
}

const RAW = new Set(['script', 'style', 'title', 'template'])
const PARAGRAPHS = new Set([
  'p',
  'h1',
  'h2',
  'h3',
  'h4',
  'h5',
  'h6',
  'table',
  'ul',
  'ol',
  'blockquote',
  'pre',
  'dl',
])
const BLOCKS = new Set([
  ...['div', 'tr', 'dt', 'dd', 'section', 'article', 'header', 'footer', 'main', 'nav', 'center'],
  ...[
    'form',
    'fieldset',
    'address',
    'figure',
    'figcaption',
    'tbody',
    'thead',
    'body',
    'html',
    'caption',
  ],
])
const HREF = /\shref\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+))/i
const ALT = /\salt\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+))/i

function attribute(tag: string, pattern: RegExp): string {
  const match = pattern.exec(tag)
  return match === null ? '' : decodeEntities(match[1] ?? match[2] ?? match[3] ?? '').trim()
}

interface Tag {
  /** Lower case; empty for comments, declarations and a literal `<`. */
  name: string
  closing: boolean
  literal: boolean
  end: number
}

// Once a quote or a `>` was searched up to the end in vain it is not searched again: that keeps
// hostile input linear.
function createTagReader(html: string) {
  let quotesUsable = true
  const nothing = (end: number, literal = false): Tag => ({
    name: '',
    closing: false,
    literal,
    end,
  })

  function tagEnd(from: number): number {
    const plain = html.indexOf('>', from)
    if (plain === -1) return html.length
    if (!quotesUsable) return plain + 1
    for (let i = from; i < html.length; i++) {
      const c = html.charCodeAt(i)
      if (c === 62) return i + 1
      // Only a quote that opens an attribute value hides a `>`.
      if ((c === 34 || c === 39) && opensValue(html, i)) {
        const close = html.indexOf(html[i]!, i + 1)
        if (close === -1) break
        i = close
      }
    }
    quotesUsable = false
    return plain + 1
  }

  return {
    read(open: number): Tag {
      const c = html.charCodeAt(open + 1)
      if (c === 33 || c === 63) {
        if (!html.startsWith('<!--', open)) return nothing(tagEnd(open + 2))
        const close = html.indexOf('-->', open + 4)
        return nothing(close === -1 ? html.length : close + 3)
      }
      const closing = c === 47
      const start = closing ? open + 2 : open + 1
      let end = start
      while (isNamePart(html.charCodeAt(end))) end++
      if (end === start) return nothing(open + 1, true)
      return {
        name: html.slice(start, end).toLowerCase(),
        closing,
        literal: false,
        end: tagEnd(end),
      }
    },
    skipRaw(name: string, from: number): number {
      const close = new RegExp(`</${name}[\\s>/]`, 'gi')
      close.lastIndex = from
      const match = close.exec(html)
      return match === null ? html.length : tagEnd(match.index + 2)
    },
  }
}

function opensValue(html: string, quote: number): boolean {
  let i = quote - 1
  while (html.charCodeAt(i) === 32) i--
  return html.charCodeAt(i) === 61
}

function isNamePart(c: number): boolean {
  return (c >= 97 && c <= 122) || (c >= 65 && c <= 90) || (c >= 48 && c <= 58)
}

function createWriter() {
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
