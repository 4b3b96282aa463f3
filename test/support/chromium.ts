// Debian's Chromium, driven over the DevTools protocol. Playwright's own flags would switch storage
// partitioning off, so it is started by hand.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, chromium } from 'playwright-core'
import { waitFor } from './wait-for.ts'

const PROGRAM = '/usr/bin/chromium'

export interface OpenChromium {
  browser: Browser
  close(): Promise<void>
}

/** Hosts below `.test` are this machine. Installs Chromium where it is missing and we are root. */
export async function openChromium(flags: readonly string[] = []): Promise<OpenChromium> {
  install()
  const profile = mkdtempSync(join(tmpdir(), 'chromium-'))
  const child = spawn(
    PROGRAM,
    [
      '--headless=new',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--disable-dev-shm-usage',
      '--remote-debugging-port=0',
      `--user-data-dir=${profile}`,
      '--host-resolver-rules=MAP *.test 127.0.0.1',
      ...flags,
      'about:blank',
    ],
    { stdio: 'ignore' },
  )
  const browser = await chromium.connectOverCDP(await endpointOf(profile))
  return {
    browser,
    async close() {
      await browser.close().catch(() => {})
      await ended(child)
      rmSync(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 })
    },
  }
}

async function endpointOf(profile: string): Promise<string> {
  const file = join(profile, 'DevToolsActivePort')
  const isThere = () => existsSync(file) && readFileSync(file, 'utf8') !== ''
  await waitFor(isThere, { what: 'Chromium listens' })
  return `http://127.0.0.1:${readFileSync(file, 'utf8').split('\n')[0]}`
}

function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return Promise.resolve()
  return new Promise((resolve) => {
    child.once('exit', () => resolve())
    child.kill('SIGKILL')
  })
}

function install(): void {
  if (existsSync(PROGRAM)) return
  if (process.getuid?.() !== 0) {
    throw new Error('Chromium is missing: install it with `apt-get install chromium`')
  }
  execFileSync('apt-get', ['install', '--yes', '--no-install-recommends', 'chromium'], {
    stdio: 'ignore',
  })
}
