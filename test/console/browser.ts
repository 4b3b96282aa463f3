// Debian's Chromium, and what it complains of.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { type BrowserContextOptions, chromium, type Page } from 'playwright-core'

/** Of every page that a test looked at, for people to look at too. */
const screenshots = join(import.meta.dirname, '../../.cache/screenshots')

export interface Visitor {
  page: Page
  /** Errors of the page's scripts and policy so far; a refused request is what some tests want. */
  complaints: string[]
}

/** One browser for a test file, a fresh profile for each visitor. */
export async function startBrowser() {
  const browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
  return {
    async visit(options: BrowserContextOptions = {}): Promise<Visitor> {
      const context = await browser.newContext({
        locale: 'pt-BR',
        timezoneId: 'America/Sao_Paulo',
        viewport: { width: 1280, height: 900 },
        ...options,
      })
      const page = await context.newPage()
      page.setDefaultTimeout(60_000)
      const complaints: string[] = []
      page.on('pageerror', (error) => complaints.push(String(error)))
      page.on('console', (message) => {
        const refused = /Failed to load resource|ERR_INCOMPLETE_CHUNKED|net::/.test(message.text())
        if (message.type() === 'error' && !refused) complaints.push(message.text())
      })
      return { page, complaints }
    },
    close: () => browser.close(),
  }
}

export async function keepScreenshot(page: Page, name: string): Promise<void> {
  mkdirSync(screenshots, { recursive: true })
  // What is fixed at the top would lie over the middle of a scrolled page.
  await page.evaluate('scrollTo(0, 0)')
  await page.screenshot({ path: join(screenshots, `${name}.png`), fullPage: true })
}
