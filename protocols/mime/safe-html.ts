// The HTML of a mail made fit to be shown: nothing in it runs, loads or covers anything. The original
// stays as it came; this is done at the moment of showing, since it takes a hundred times as long as
// storing the mail, and so that a better filter also serves old mails.
import sanitize from 'sanitize-html'
import { contentIdOf } from './part-tree.ts'

export interface SafeHtmlOptions {
  /** Address of an attachment shown inside the mail; undefined when there is none of that id or name. */
  imageUrl(reference: ImageReference): string | undefined
  /** Pictures on other servers are loaded too, which tells the sender that the mail was opened. */
  remoteImages: boolean
}

/** What an `<img>` names: a Content-ID (RFC 2392), or a file where the mailer forgot the `cid:`. */
export type ImageReference = { contentId: string } | { fileName: string }

export interface SafeHtml {
  html: string
  /** Pictures left out because they lie on other servers. */
  blockedImages: number
}

/** Characters of HTML beyond which a mail is shown as text: filtering would hold up everybody else. */
export const LONGEST_HTML = 500_000

/**
 * The filtered HTML, a fragment without `<html>`; null when it is longer than `LONGEST_HTML` or nested
 * as no mailer nests.
 */
export function safeHtml(
  html: string,
  { imageUrl, remoteImages }: SafeHtmlOptions,
): SafeHtml | null {
  if (html.length > LONGEST_HTML || isNestedTooDeep(html)) return null
  let blockedImages = 0
  const shown = (src: string): string | undefined => {
    const url = src.trim()
    if (EMBEDDED.test(url)) return url
    const contentId = /^cid:/i.test(url) ? contentIdOf(url) : null
    if (contentId !== null) return imageUrl({ contentId })
    if (!/^(?:https?:)?\/\//i.test(url)) return imageUrl({ fileName: fileNameIn(url) })
    if (!remoteImages) blockedImages += 1
    return remoteImages ? url.replace(/^\/\//, 'https://') : undefined
  }
  const filtered = sanitize(html, {
    allowedTags: TAGS,
    allowedAttributes: ATTRIBUTES,
    allowedClasses: { '*': QUOTES },
    allowedSchemes: ['http', 'https', 'mailto', 'tel'],
    // What `shown` lets through is settled.
    allowedSchemesByTag: { img: ['http', 'https', 'data'] },
    allowProtocolRelative: false,
    nonTextTags: ['script', 'style', 'title', 'textarea', 'option', 'noscript', 'template', 'xml'],
    nestingLimit: DEEPEST,
    parseStyleAttributes: false,
    transformTags: {
      '*': (tagName, attribs) => ({ tagName, attribs: withSafeStyle(attribs) }),
      a: (tagName, attribs) => ({
        tagName,
        attribs: {
          ...withSafeStyle(attribs),
          target: '_blank',
          rel: 'noopener noreferrer nofollow',
        },
      }),
      img: (tagName, { src = '', ...attribs }) => {
        const url = shown(src)
        return {
          tagName,
          attribs: { ...withSafeStyle(attribs), ...(url === undefined ? {} : { src: url }) },
        }
      },
    },
  })
  return { html: filtered, blockedImages }
}

/** Elements deeper than this are left out, with their text kept. */
const DEEPEST = 100
/** The parser's time grows with the square of the depth: a hostile mail would take seconds. */
const HOSTILE_DEPTH = 2_000
// Elements that need no closing tag.
const OPEN_ENDED = /^(?:br|img|hr|wbr|col|meta|link|input|area|base|p|li|td|th|tr|dd|dt|option)$/i

function isNestedTooDeep(html: string): boolean {
  let depth = 0
  for (const [, slash, name] of html.matchAll(/<(\/?)([a-z][a-z0-9]{0,20})/gi)) {
    if (OPEN_ENDED.test(name!)) continue
    depth = slash === '/' ? Math.max(0, depth - 1) : depth + 1
    if (depth > HOSTILE_DEPTH) return true
  }
  return false
}

const EMBEDDED = /^data:image\/(?:png|jpe?g|gif|webp);base64,/i

const TAGS = (
  'a abbr address article b bdi bdo big blockquote br caption center cite code col colgroup dd del ' +
  'details dfn div dl dt em figcaption figure font footer h1 h2 h3 h4 h5 h6 header hr i img ins kbd ' +
  'li main mark nav ol p pre q s samp section small span strike strong sub summary sup table tbody ' +
  'td tfoot th thead time tr tt u ul var wbr'
).split(' ')

const BOX = ['align', 'valign', 'width', 'height', 'bgcolor']
const ATTRIBUTES: Record<string, string[]> = {
  '*': ['style', 'dir', 'lang', 'title', 'align'],
  a: ['href', 'name', 'target', 'rel'],
  img: ['src', 'alt', 'width', 'height', 'border'],
  font: ['color', 'face', 'size'],
  table: [...BOX, 'border', 'cellpadding', 'cellspacing'],
  tr: BOX,
  td: [...BOX, 'colspan', 'rowspan', 'nowrap'],
  th: [...BOX, 'colspan', 'rowspan', 'nowrap'],
  col: [...BOX, 'span'],
  ol: ['start', 'type'],
  li: ['value'],
}

/** Kept, so that a page may fold what is quoted. */
const QUOTES = ['gmail_quote', 'gmail_quote_container', 'gmail_attr', 'moz-cite-prefix']

function withSafeStyle({ style, ...attribs }: sanitize.Attributes): sanitize.Attributes {
  const safe = style === undefined ? '' : safeStyle(style)
  return safe === '' ? attribs : { ...attribs, style: safe }
}

// Every value is plain words and numbers or a colour: without brackets nothing can be loaded.
const VALUE = /^(?:[\w\s#%.,+!'"-]|rgba?\([\d\s.,%]{1,40}\)){1,300}$/i
const PROPERTIES =
  /^(?:color|background-color|background|font(?:-(?:family|size|style|weight|variant))?|text-(?:align|decoration|indent|transform)|line-height|letter-spacing|word-(?:break|wrap|spacing)|white-space|vertical-align|direction|(?:min-|max-)?(?:width|height)|(?:margin|padding|border)(?:-[a-z-]{1,30})?|list-style(?:-type)?|display|float|clear|table-layout|overflow-wrap|opacity)$/

function safeStyle(style: string): string {
  return style
    .slice(0, 5_000)
    .split(';')
    .flatMap((declaration) => {
      const colon = declaration.indexOf(':')
      const name = declaration.slice(0, Math.max(colon, 0)).trim().toLowerCase()
      const value = declaration.slice(colon + 1).trim()
      return PROPERTIES.test(name) && VALUE.test(value) ? [`${name}:${value}`] : []
    })
    .join(';')
}

function fileNameIn(url: string): string {
  const path = url.replace(/[?#].*$/s, '')
  const name = path.slice(path.search(/[^/\\]*$/))
  try {
    return decodeURIComponent(name)
  } catch {
    return name
  }
}
