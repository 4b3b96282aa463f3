// The pages a person sees around a sign-in: what is about to be connected to what, and how it ended.
// No script, nothing from elsewhere.
import { createHash } from 'node:crypto'
import type { FastifyReply } from 'fastify'
import type { Locale, Text } from '../locales/texts.ts'
import { texts } from '../locales/texts.ts'

export interface Page {
  title: string
  lines: string[]
  /** The one way on. */
  button?: { label: string; url: string }
  /** Asks for a password and posts it as `password`. */
  form?: { action: string; label: string; button: string }
}

const STYLE =
  'body{font:16px/1.5 system-ui,sans-serif;max-width:34rem;margin:4rem auto;padding:0 1rem;' +
  'color:#1c1e21;background:#fff}h1{font-size:1.4rem}p{overflow-wrap:anywhere}' +
  'a,button{display:inline-block;border:0;font:inherit;margin-top:1rem;padding:.75rem 1.5rem;border-radius:.5rem;' +
  'background:#0b57d0;color:#fff;text-decoration:none}label,input{display:block;font:inherit}' +
  'input{box-sizing:border-box;width:100%;padding:.5rem}:focus-visible{outline:3px solid #f9ab00}' +
  '@media(prefers-color-scheme:dark){body{color:#e3e3e3;background:#1f1f1f}' +
  'a,button{background:#a8c7fa;color:#062e6f}}'
const STYLE_HASH = `'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`

/** Ends the reply. The address holds a state, so it goes to nobody as a referrer. */
export function sendPage(reply: FastifyReply, status: number, locale: Locale, page: Page) {
  reply.code(status).headers({
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': `default-src 'none'; style-src ${STYLE_HASH}; base-uri 'none'; form-action ${page.form ? "'self'" : "'none'"}; frame-ancestors 'none'`,
    'referrer-policy': 'no-referrer',
    'cache-control': 'no-store',
    'x-frame-options': 'DENY',
    'content-language': locale,
  })
  return reply.send(htmlOf(locale, page))
}

/** What went wrong, and what helps. */
export function failurePage(locale: Locale, [message, remedy]: Text, more: string[] = []): Page {
  return { title: texts[locale].phrases.sign_in_failed, lines: [message, ...more, remedy] }
}

function htmlOf(locale: Locale, { title, lines, button, form }: Page): string {
  const paragraphs = lines.filter(Boolean).map((line) => `<p>${escaped(line)}</p>`)
  const way = button ? `<a href="${escaped(button.url)}">${escaped(button.label)}</a>` : ''
  const asked = form
    ? `<form method="post" action="${escaped(form.action)}"><label>${escaped(form.label)}` +
      '<input type="password" name="password" autocomplete="current-password" required></label>' +
      `<button>${escaped(form.button)}</button></form>`
    : ''
  return [
    `<!doctype html><html lang="${locale}"><head><meta charset="utf-8">`,
    '<meta name="viewport" content="width=device-width">',
    `<title>${escaped(title)}</title><style>${STYLE}</style></head>`,
    `<body><main><h1>${escaped(title)}</h1>${paragraphs.join('')}${way}${asked}</main></body></html>`,
  ].join('')
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}
