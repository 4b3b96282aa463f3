// Debian's Chromium on a console that was built from these sources, and what it complains of.
import { execFileSync } from 'node:child_process'
import { existsSync, globSync, mkdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { type BrowserContextOptions, chromium, type Page } from 'playwright-core'

const root = join(import.meta.dirname, '../..')
const built = join(root, 'console/dist/index.html')
/** Of every page that a test looked at, for people to look at too. */
const screenshots = join(root, '.cache/screenshots')

/** Built anew only when a source or the API's document is newer than what was built. */
export function buildConsole(): void {
  const sources = ['console/src/**/*.{ts,tsx,css}', 'console/locales/*.po', 'console/*.{ts,html}']
  const files = globSync([...sources, 'api/openapi.json'], { cwd: root })
  const newest = Math.max(...files.map((file) => statSync(join(root, file)).mtimeMs))
  if (existsSync(built) && statSync(built).mtimeMs > newest) return
  execFileSync('npm', ['run', 'build', '--workspace', '@cloudchat/console'], {
    cwd: root,
    stdio: 'pipe',
  })
}

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
      page.setDefaultTimeout(Number(process.env.PATIENCE ?? 60_000))
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
