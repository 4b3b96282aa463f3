// What people may write, and what hostile people write.
import { expect, test } from 'vitest'
import { type MarkdownNode, markdownTree } from '../../messaging/markdown.ts'

const text = (value: string): MarkdownNode => ({ type: 'text', text: value })
const p = (...children: MarkdownNode[]): MarkdownNode => ({ type: 'p', children })

test('bold, strike, italic, code, links, images and bullets are understood', () => {
  expect(markdownTree('**bold** ~~gone~~ *slanted* `code`')).toEqual([
    p(
      { type: 'strong', children: [text('bold')] },
      text(' '),
      { type: 's', children: [text('gone')] },
      text(' '),
      { type: 'em', children: [text('slanted')] },
      text(' '),
      { type: 'code', text: 'code' },
    ),
  ])
  expect(markdownTree('```js\nif (a < b) {}\n```')).toEqual([
    { type: 'pre', text: 'if (a < b) {}' },
  ])
  expect(
    markdownTree('[shop](https://shop.example/a?b=1) ![a cat](https://x.example/cat.png)'),
  ).toEqual([
    p({ type: 'a', href: 'https://shop.example/a?b=1', children: [text('shop')] }, text(' '), {
      type: 'img',
      src: 'https://x.example/cat.png',
      alt: 'a cat',
    }),
  ])
  expect(markdownTree('- one\n- two\n  1. three')).toEqual([
    {
      type: 'ul',
      children: [
        { type: 'li', children: [text('one')] },
        {
          type: 'li',
          children: [
            text('two'),
            { type: 'ol', children: [{ type: 'li', children: [text('three')] }] },
          ],
        },
      ],
    },
  ])
})

test('a line break of the writer stays one', () => {
  expect(markdownTree('one\ntwo\n\nthree')).toEqual([
    p(text('one'), { type: 'br' }, text('two')),
    p(text('three')),
  ])
})

test('an address that is written out becomes a link, two words with a point do not', () => {
  expect(markdownTree('see https://shop.example/x')).toEqual([
    p(text('see '), {
      type: 'a',
      href: 'https://shop.example/x',
      children: [text('https://shop.example/x')],
    }),
  ])
  expect(markdownTree('that is it.ok then')).toEqual([p(text('that is it.ok then'))])
})

test('headings, quotes, tables and HTML stay the characters they are', () => {
  for (const written of ['# title', '> quoted', '<b>bold</b>', '<img src=x onerror=alert(1)>']) {
    expect(markdownTree(written)).toEqual([p(text(written))])
  }
})

const HOSTILE = [
  '<script>alert(1)</script>',
  '[x](javascript:alert(1))',
  '[x](JaVaScRiPt:alert(1))',
  '[x](java\nscript:alert(1))',
  '[x](&#106;avascript:alert(1))',
  '[x](%6Aavascript:alert(1))',
  '[x](\u0001javascript:alert(1))',
  '[x](data:text/html;base64,PHNjcmlwdD4=)',
  '[x](vbscript:msgbox)',
  '[x](file:///etc/passwd)',
  '[x](//evil.example)',
  '![x](javascript:alert(1))',
  '![x](data:image/svg+xml,<svg onload=alert(1)>)',
  '<javascript:alert(1)>',
  '[![x](javascript:alert(1))](javascript:alert(2))',
  '[a](https://ok.example "\\" onmouseover=alert(1)")',
  '`` <script> ``',
]

test('nothing hostile becomes an address or a kind of node of its own', () => {
  const kinds = new Set('text p strong em s code pre ul ol li a img br'.split(' '))
  const walk = (nodes: MarkdownNode[]): void => {
    for (const node of nodes) {
      expect(kinds.has(node.type)).toBe(true)
      if (node.type === 'a') expect(node.href).toMatch(/^(https?|mailto|tel):/)
      if (node.type === 'img') expect(node.src).toMatch(/^https?:/)
      if ('children' in node) walk(node.children)
    }
  }
  for (const written of HOSTILE) walk(markdownTree(written))
  expect(JSON.stringify(HOSTILE.map(markdownTree))).not.toMatch(/"(href|src)":"(?!https:\/\/ok)/)
})

test('a text made to be slow is shown all the same, and none of it is lost', () => {
  const shapes = ['*', '[', '![', '`', '**a', '[a](', '- ', '> ', '_a_', '\\', '<', '~~', '\n\n']
  for (const shape of shapes) {
    for (const size of [5_000, 100_000]) {
      const written = shape.repeat(Math.ceil(size / shape.length))
      expect(JSON.stringify(markdownTree(written)).length, shape).toBeLessThan(3_000_000)
    }
  }
  const stars = '*'.repeat(100_000)
  expect(markdownTree(stars)).toEqual([p(text(stars))])
})
