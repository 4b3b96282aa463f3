// A web server for the pages of a site, and a real browser that opens them.
import { createServer } from 'node:http'
import type { BrowserContext } from 'playwright-core'
import { freePort } from '../../scripts/servers/ports.ts'
import { type OpenChromium, openChromium } from '../support/chromium.ts'

export interface SitePage {
  html: string
  headers?: Record<string, string>
}

export interface Shop {
  chromium: OpenChromium
  /** Serves a page at a path of any host below `.test`; returns its address on shop.test. */
  publish(path: string, page: SitePage): string
  /** A browser of its own: nothing is shared with another. */
  browser(options?: Parameters<OpenChromium['browser']['newContext']>[0]): Promise<BrowserContext>
  close(): Promise<void>
}

/** @param chatUrl of the platform, as the browser calls it */
export async function openShop(chatUrl: string, flags: readonly string[] = []): Promise<Shop> {
  const pages = new Map<string, SitePage>()
  const site = createServer((request, response) => {
    const page = pages.get(new URL(request.url ?? '/', 'http://x').pathname)
    response.writeHead(page ? 200 : 404, { 'content-type': 'text/html', ...page?.headers })
    response.end(page?.html)
  })
  const port = await freePort()
  await new Promise<void>((resolve) => site.listen(port, '127.0.0.1', resolve))
  // Browsers give Web Locks to pages with TLS only; these stand for such.
  const secure = [chatUrl, `http://shop.test:${port}`]
  const chromium = await openChromium([
    `--unsafely-treat-insecure-origin-as-secure=${secure.join(',')}`,
    ...flags,
  ])
  return {
    chromium,
    publish(path, page) {
      pages.set(path, page)
      return `http://shop.test:${port}${path}`
    },
    browser: (options) => chromium.browser.newContext({ locale: 'pt-BR', ...options }),
    async close() {
      await chromium.close()
      site.closeAllConnections()
      site.close()
    },
  }
}
