// What of a mail's HTML reaches the page, and what does not.
import { expect, test } from 'vitest'
import { LONGEST_HTML, safeHtml } from '../../../protocols/mime/safe-html.ts'

const images = new Map([
  ['logo@x', '/attachments/1'],
  ['foto 1.png', '/attachments/2'],
])

function shown(html: string, remoteImages = false) {
  const imageUrl = (wanted: { contentId: string } | { fileName: string }) =>
    images.get('contentId' in wanted ? wanted.contentId : wanted.fileName)
  return safeHtml(html, { imageUrl, remoteImages })!
}

test.each([
  ['<p>a</p><script>alert(1)</script><style>p{}</style>', '<p>a</p>'],
  ['<p onclick="x()" onmouseover=x>a</p>', '<p>a</p>'],
  ['<svg onload=alert(1)><circle></svg>', ''],
  ['<iframe src="https://x.example"></iframe>b', 'b'],
  ['<object data=x></object><embed src=x><form action=x><input name=y>c</form>', 'c'],
  ['<base href="https://x.example"><meta http-equiv=refresh content="0;url=x"><link rel=x>d', 'd'],
  ['<img src=x onerror=alert(1)>', '<img />'],
  ['<!-- <b> --><![CDATA[x]]>e<!DOCTYPE html>', 'e'],
  ['<math><mi><style><img src=x onerror=alert(1)></style></mi></math>f', 'f'],
  ['<noscript><p title="</noscript><img src=x onerror=alert(1)>">', ''],
])('%s', (html, safe) => {
  expect(shown(html).html).toBe(safe)
})

test.each([
  ['https://x.example/?a=1&b=2', 'https://x.example/?a=1&amp;b=2'],
  ['mailto:ana@x.example', 'mailto:ana@x.example'],
  ['tel:+551199', 'tel:+551199'],
  ['javascript:alert(1)', undefined],
  ['java\nscript:alert(1)', undefined],
  [' JaVaScRiPt&colon;alert(1)', undefined],
  ['data:text/html,<script>1</script>', undefined],
  ['vbscript:x', undefined],
  ['//x.example', undefined],
])('a link to %j', (href, safe) => {
  const { html } = shown(`<a href="${href}">a</a>`)
  expect(/ href="([^"]*)"/.exec(html)?.[1]).toBe(safe)
  expect(html).toContain('target="_blank" rel="noopener noreferrer nofollow"')
})

test.each([
  ['color: red; font-size: 12px', 'color:red;font-size:12px'],
  [
    'background: rgb(1, 2, 3); background-image: url(https://x.example/t.gif)',
    'background:rgb(1, 2, 3)',
  ],
  ['background: url(https://x.example/t.gif)', undefined],
  ['position: fixed; top: 0; width: 100%', 'width:100%'],
  ['width: expression(alert(1)); color: \\75 rl(x)', undefined],
  [
    'font-family: "Segoe UI", Arial; color:#fff!important',
    'font-family:&quot;Segoe UI&quot;, Arial;color:#fff!important',
  ],
  ['color: red /* ; */; @import x', undefined],
  ['behavior: x; -moz-binding: x; content: "x"', undefined],
])('a style of %j', (style, safe) => {
  const { html } = shown(`<p style='${style}'>a</p>`)
  expect(/ style="([^"]*)"/.exec(html)?.[1]).toBe(safe)
})

test('pictures of the mail are found by Content-ID however written, and by file name', () => {
  for (const src of ['cid:logo@x', 'CID:logo%40x', 'cid:&lt;logo@x&gt;', ' cid:logo@x ']) {
    expect(shown(`<img src="${src}">`).html).toBe('<img src="/attachments/1" />')
  }
  for (const src of ['foto 1.png', 'img/foto%201.png', 'file:///C:/Temp/foto 1.png']) {
    expect(shown(`<img src="${src}">`).html).toBe('<img src="/attachments/2" />')
  }
  expect(shown('<img src="cid:gone@x" alt="logo">')).toEqual({
    html: '<img alt="logo" />',
    blockedImages: 0,
  })
})

test('pictures on other servers wait until somebody asks for them', () => {
  const html =
    '<img src="https://x.example/t.gif" srcset="https://x.example/2.gif 2x"><img src="//x.example/u.gif">'
  expect(shown(html)).toEqual({ html: '<img /><img />', blockedImages: 2 })
  expect(shown(html, true)).toEqual({
    html: '<img src="https://x.example/t.gif" /><img src="https://x.example/u.gif" />',
    blockedImages: 0,
  })
  const embedded = '<img src="data:image/png;base64,iVBORw==" />'
  expect(shown(embedded).html).toBe(embedded)
  expect(shown('<img src="data:image/svg+xml;base64,PHN2Zz4=">').html).toBe('<img />')
  expect(shown('<table background="https://x.example/t.gif"><tr><td>a</table>').html).toBe(
    '<table><tr><td>a</td></tr></table>',
  )
})

test('quotes keep the marks by which a page folds them', () => {
  const html = '<blockquote class="gmail_quote x" style="margin:0">a</blockquote>'
  expect(shown(html).html).toBe('<blockquote class="gmail_quote" style="margin:0">a</blockquote>')
})

test('what is filtered once stays as it is when filtered again', () => {
  const once = shown(
    '<p style="color:red">a <b>b</b> &lt;c&gt; <a href="https://x.example">d</a></p>',
  )
  expect(shown(once.html)).toEqual(once)
})

test('a mail too long, or nested as no mailer nests, is shown as text instead', () => {
  const options = { imageUrl: () => undefined, remoteImages: false }
  expect(safeHtml('a'.repeat(LONGEST_HTML + 1), options)).toBeNull()
  expect(safeHtml('<div>'.repeat(3000), options)).toBeNull()
  expect(safeHtml('<p>a<br>'.repeat(3000), options)?.html).toContain('a')
  expect(safeHtml(`${'<div>'.repeat(500)}fundo`, options)?.html).toContain('fundo')
})
