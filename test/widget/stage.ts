// A shop's site, the API on an address of its own, and a real browser in front of both.
import { createServer } from 'node:http'
import type { BrowserContext, Frame, Page } from 'playwright-core'
import { freePort } from '../../scripts/servers/ports.ts'
import { type ApiUnderTest, startApi } from '../api/api-under-test.ts'
import { connectWidget, type WidgetUnderTest } from '../api/widget-under-test.ts'
import { type OpenChromium, openChromium } from '../support/chromium.ts'
import { builtWidget } from '../support/shared-servers.ts'
import { waitFor } from '../support/wait-for.ts'

export interface SitePage {
  html: string
  headers?: Record<string, string>
}

export interface Stage {
  api: ApiUnderTest
  chromium: OpenChromium
  /** Of the API, as sites know it. */
  baseUrl: string
  connect(settings?: object): Promise<WidgetUnderTest>
  /** Serves a page at a path of any host below `.test`; returns its address on shop.test. */
  publish(path: string, page: SitePage): string
  /** A browser of its own: nothing is shared with another. */
  browser(options?: Parameters<OpenChromium['browser']['newContext']>[0]): Promise<BrowserContext>
  /** What an agent writes. */
  answer(conversationId: number, content: string): Promise<{ id: number }>
  close(): Promise<void>
}

/** Call close() in afterAll. */
export async function openStage(): Promise<Stage> {
  await builtWidget()
  const port = await freePort()
  const baseUrl = `http://chat.test:${port}`
  const api = await startApi({ PUBLIC_URL: baseUrl, PORT: String(port) })
  await api.app.listen({ port, host: '127.0.0.1' })
  const pages = new Map<string, SitePage>()
  const site = createServer((request, response) => {
    const page = pages.get(new URL(request.url ?? '/', 'http://x').pathname)
    response.writeHead(page ? 200 : 404, { 'content-type': 'text/html', ...page?.headers })
    response.end(page?.html)
  })
  const sitePort = await freePort()
  await new Promise<void>((resolve) => site.listen(sitePort, '127.0.0.1', resolve))
  // Browsers give Web Locks to pages with TLS only; these stand for such.
  const secure = [baseUrl, `http://shop.test:${sitePort}`]
  const chromium = await openChromium([
    `--unsafely-treat-insecure-origin-as-secure=${secure.join(',')}`,
  ])
  return {
    api,
    chromium,
    baseUrl,
    connect: (settings) => connectWidget(api, api.accounts[0], settings),
    publish(path, page) {
      pages.set(path, page)
      return `http://shop.test:${sitePort}${path}`
    },
    browser: (options) => chromium.browser.newContext({ locale: 'pt-BR', ...options }),
    async answer(conversationId, content) {
      const path = `/conversations/${conversationId}/messages`
      const { body } = await api.call(api.accounts[0], 'POST', path, { payload: { content } })
      return body
    },
    async close() {
      await chromium.close()
      site.closeAllConnections()
      site.close()
      await api.stop()
    },
  }
}

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
