// What people write in a chat, as a small tree that a page can show without a parser: no HTML, no
// other kind of node, and addresses that cannot run anything. Worked out when a message is shown, as
// quotes are, so that a better reading serves old messages too.

import MarkdownIt, { type Token } from 'markdown-it'

export type MarkdownNode =
  | { type: 'text'; text: string }
  | { type: 'br' }
  | { type: 'code' | 'pre'; text: string }
  | { type: 'img'; src: string; alt: string }
  | { type: 'a'; href: string; children: MarkdownNode[] }
  | { type: 'p' | 'strong' | 'em' | 's' | 'ul' | 'ol' | 'li'; children: MarkdownNode[] }

type Container = Extract<MarkdownNode, { children: MarkdownNode[] }>

/** Characters that are read as Markdown; what is longer is a pasted file, and is shown as it is. */
const LIMIT = 20_000
/** Nodes of one message. */
const MAX_NODES = 5_000

const reader = new MarkdownIt('zero', { html: false, linkify: true, breaks: true, maxNesting: 30 })
  .enable(['fence', 'list', 'paragraph'])
  .enable(['backticks', 'emphasis', 'strikethrough', 'link', 'autolink', 'image', 'linkify'])
  .enable(['newline', 'escape', 'balance_pairs', 'fragments_join'])
// Only what says so is a link: `example.com` may be any two words with a point between.
reader.linkify.set({ fuzzyLink: false, fuzzyEmail: true })
reader.validateLink = (url) => isSafe(url, LINKS)

const LINKS = ['http:', 'https:', 'mailto:', 'tel:']
const IMAGES = ['http:', 'https:']

/** The message as a tree. Never throws; takes time in proportion to the text. */
export function markdownTree(text: string): MarkdownNode[] {
  if (text.length > LIMIT) return plain(text)
  const nodes = treeOf(reader.parse(text, {}))
  return nodes ?? plain(text)
}

function plain(text: string): MarkdownNode[] {
  return text === '' ? [] : [{ type: 'p', children: [{ type: 'text', text }] }]
}

const CONTAINERS: Record<string, Exclude<Container['type'], 'a'>> = {
  paragraph: 'p',
  strong: 'strong',
  em: 'em',
  s: 's',
  bullet_list: 'ul',
  ordered_list: 'ol',
  list_item: 'li',
}

/** Undefined when there are more nodes than a page should be asked to show. */
function treeOf(tokens: readonly Token[]): MarkdownNode[] | undefined {
  const root: MarkdownNode[] = []
  const open: MarkdownNode[][] = [root]
  let count = 0
  const add = (node: MarkdownNode) => {
    count += 1
    open.at(-1)!.push(node)
  }
  for (const token of flat(tokens)) {
    if (count > MAX_NODES) return undefined
    const kind = token.type.replace(/_(open|close)$/, '')
    // A tight list says of its paragraphs that they are not to be seen.
    if (kind === 'paragraph' && token.hidden) continue
    if (token.nesting === -1) {
      open.pop()
    } else if (token.nesting === 1) {
      const children: MarkdownNode[] = []
      add(containerOf(kind, token, children))
      open.push(children)
    } else {
      const node = leafOf(token)
      if (node) add(node)
    }
  }
  return root
}

function* flat(tokens: readonly Token[]): Generator<Token> {
  for (const token of tokens) {
    if (token.type === 'inline') yield* token.children ?? []
    else yield token
  }
}

function containerOf(kind: string, token: Token, children: MarkdownNode[]): MarkdownNode {
  const href = kind === 'link' ? String(token.attrGet('href') ?? '') : ''
  if (isSafe(href, LINKS)) return { type: 'a', href, children }
  return { type: CONTAINERS[kind] ?? 'p', children }
}

function leafOf(token: Token): MarkdownNode | undefined {
  switch (token.type) {
    case 'softbreak':
    case 'hardbreak':
      return { type: 'br' }
    case 'code_inline':
      return { type: 'code', text: token.content }
    case 'fence':
      return { type: 'pre', text: token.content.replace(/\n$/, '') }
    case 'image': {
      const src = String(token.attrGet('src') ?? '')
      if (!isSafe(src, IMAGES)) return { type: 'text', text: token.content }
      return { type: 'img', src, alt: token.content }
    }
    default:
      return token.content === '' ? undefined : { type: 'text', text: token.content }
  }
}

function isSafe(url: string, protocols: readonly string[]): boolean {
  return URL.canParse(url) && protocols.includes(new URL(url).protocol)
}
