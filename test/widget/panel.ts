// The widget in a page of a site, as a visitor uses it.
import type { Frame, Page } from 'playwright-core'
import { waitFor } from '../support/wait-for.ts'

/** The installation article's snippet, with more code where the article puts it. */
export function snippet(baseUrl: string, websiteToken: string, more = ''): string {
  return `<script>
(function(d,t) { var BASE_URL="${baseUrl}"; var g=d.createElement(t),s=d.getElementsByTagName(t)[0]; g.src=BASE_URL + "/packs/js/sdk.js"; g.defer = true; g.async = true; s.parentNode.insertBefore(g,s); g.onload=function(){ window.cloudchatSDK.run({ websiteToken: "${websiteToken}", baseUrl: BASE_URL }); ${more} } })(document,"script");
</script>`
}

export function sitePage(body: string, lang = 'pt-BR'): string {
  return `<!doctype html><html lang="${lang}"><head><meta charset="utf-8"><title>Shop</title>
<meta name="viewport" content="width=device-width, initial-scale=1"></head>
<body><main><h1>Shop</h1><a href="/other">More</a>${body}</main></body></html>`
}

export const launcher = (page: Page) => page.getByRole('button', { name: /chat/i }).first()

/** Opens the panel by its button; the frame of the app. */
export async function openPanel(page: Page): Promise<Frame> {
  await launcher(page).click()
  return panelOf(page)
}

export async function panelOf(page: Page): Promise<Frame> {
  const frame = await waitFor(() => page.frames().find((one) => one.url().includes('/widget?')), {
    what: 'the frame of the widget',
  })
  await frame.locator('.panel, .refusal').first().waitFor()
  return frame
}

/** Types into the panel and sends. */
export async function say(frame: Frame, text: string): Promise<void> {
  const field = frame.locator('textarea')
  await field.fill(text)
  await field.press('Enter')
}

/** Words of the bubbles, in their order. */
export function bubbles(frame: Frame): Promise<string[]> {
  return frame.locator('.bubble .content').allInnerTexts()
}
