// The demo as a newcomer runs it: ended by itself after its walk, every step of which checks itself,
// and left running for whoever looks around.
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'
import { startChild } from '../../scripts/servers/child-process.ts'
import { openChromium } from '../support/chromium.ts'
import { waitFor } from '../support/wait-for.ts'
import { openPanel, panelOf, say } from '../widget/panel.ts'

const root = join(import.meta.dirname, '../..')

test('the demo imports 500 mails, shows a live one, answers it, and leaves nothing behind', async () => {
  const demo = promisify(execFile)(process.execPath, ['scripts/demo.ts', '--exit'], { cwd: root })
  const { stdout, stderr } = await demo
  expect(stderr).toBe('')
  expect(stdout).toContain('500/500 mails')
  expect(stdout).toContain('ClaudIA was held meanwhile, and was asked about none of them.')
  expect(stdout).toContain('The SMTP server has it, as the answer to the right mail')
  expect(stdout).toMatch(/In-Reply-To: <[^>]+@cliente\.example>/)
  expect(stdout).toMatch(/asks in the chat: .*: Olá, Ana Souza! Você perguntou/)
  for (const link of [
    /Shop with a chat +http:\S+/,
    /Console +http:\S+\/console\/welcome#/,
    /API docs +http:\S+\/docs/,
    /Inbox's workflow +http:\S+\/inbox%2F\d+/,
  ]) {
    expect(stdout).toMatch(link)
  }
  const [, dir] = /Everything lies in (\S+)/.exec(stdout)!
  expect(existsSync(dir!)).toBe(false)
}, 240_000)

test('the shop of the demo has a chat in it, which ClaudIA answers in the browser', async () => {
  const lines: string[] = []
  const demo = await startChild(process.execPath, ['scripts/demo.ts', '--mails=5'], {
    cwd: root,
    log: (line) => lines.push(line),
    stopSignal: 'SIGINT',
    // Postgres, Temporal, Dovecot, the worker: each in its turn.
    graceMs: 60_000,
  })
  onTestFinished(() => demo.stop('SIGKILL'))
  const shown = /Shop with a chat +(http:\S+)/
  await waitFor(() => demo.ended || lines.some((line) => shown.test(line)), {
    what: 'the address of the shop',
    timeoutMs: 110_000,
  })
  const shop = lines.flatMap((line) => shown.exec(line)?.[1] ?? [])[0]
  if (shop === undefined) throw new Error(demo.lastLines())

  const chromium = await openChromium()
  onTestFinished(() => chromium.close())
  const page = await (await chromium.browser.newContext({ locale: 'pt-BR' })).newPage()
  await page.goto(shop)
  const anonymous = await openPanel(page)
  await say(anonymous, 'Tem em azul?')
  await anonymous.getByText('Olá! Você perguntou: “Tem em azul?”').waitFor({ timeout: 60_000 })

  await page.keyboard.press('Escape')
  await page.getByRole('link', { name: 'Entrar como Ana' }).click()
  await openPanel(page)
  const signedIn = await panelOf(page)
  const earlier = signedIn.getByText('Vocês entregam em Campinas?')
  const back = signedIn.getByRole('button', { name: 'Voltar' })
  // Opened before the page has said who she is, it shows the talk of just now.
  await earlier.or(back).first().waitFor({ timeout: 60_000 })
  if (await back.isVisible()) await back.click()
  await earlier.waitFor({ timeout: 60_000 })

  await demo.stop()
  expect(demo.ended).toMatch(/exit code 0$/)
}, 240_000)
