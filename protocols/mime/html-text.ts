// HTML mail to readable text and back, one pass, linear in the input. Sanitising is not done here.
import { decodeEntities } from './html-entities.ts'
import { createTagReader } from './html-tags.ts'
import { createTextWriter } from './text-writer.ts'

/** Text of an HTML mail: paragraphs, list items and link targets kept; scripts and styles dropped. */
export function htmlToText(html: string): string {
  const out = createTextWriter()
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
const PARAGRAPHS = new Set('p h1 h2 h3 h4 h5 h6 table ul ol blockquote pre dl'.split(' '))
const BLOCKS = new Set(
  (
    'div tr dt dd section article header footer main nav center form fieldset address figure ' +
    'figcaption tbody thead body html caption'
  ).split(' '),
)
const HREF = /\shref\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+))/i
const ALT = /\salt\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+))/i

function attribute(tag: string, pattern: RegExp): string {
  const match = pattern.exec(tag)
  return match === null ? '' : decodeEntities(match[1] ?? match[2] ?? match[3] ?? '').trim()
}
