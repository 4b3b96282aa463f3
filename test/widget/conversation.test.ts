// A visitor and an agent talk, in a real browser.

import { afterAll, beforeAll, expect, test } from 'vitest'
import type { WidgetUnderTest } from '../api/widget-under-test.ts'
import { waitFor } from '../support/wait-for.ts'
import { seriousViolations } from './axe.ts'
import { bubbles, launcher, openPanel, say, sitePage, snippet } from './panel.ts'
import { openStage, type Stage } from './stage.ts'

let stage: Stage
let widget: WidgetUnderTest
let shop: string
beforeAll(async () => {
  stage = await openStage()
  widget = await stage.connect({
    welcome_title: 'Fale com a loja',
    welcome_text: 'Respondemos já.',
  })
  shop = stage.publish('/', { html: sitePage(snippet(stage.baseUrl, widget.websiteToken)) })
})
afterAll(() => stage?.close())

const conversationOf = async () => {
  const { body } = await stage.api.call(
    stage.api.accounts[0],
    'GET',
    `/conversations?inbox_id=${widget.inboxId}&limit=1`,
  )
  return body.data[0]
}

test('a question goes out, its answer comes in, and both are where they belong', async () => {
  const context = await stage.browser()
  const page = await context.newPage()
  const asked: string[] = []
  page.on('request', (request) => {
    if (request.url().startsWith(stage.baseUrl)) asked.push(new URL(request.url()).pathname)
  })
  await page.goto(shop, { waitUntil: 'networkidle' })
  expect(asked).toEqual(['/packs/js/sdk.js'])

  const frame = await openPanel(page)
  await say(frame, 'Vocês abrem **sábado**?')
  await frame.locator('[data-state=delivered]').waitFor()
  expect(await bubbles(frame)).toEqual(['Vocês abrem sábado?'])
  expect(await frame.locator('.bubble strong').textContent()).toBe('sábado')
  const { id } = await conversationOf()
  await stage.answer(id, 'Sim, das 9 às 14 h.\n\n- [Mapa](https://shop.example/mapa)')
  await frame.getByText('Sim, das 9 às 14 h.').waitFor()
  const link = frame.getByRole('link', { name: 'Mapa' })
  expect(await link.getAttribute('rel')).toBe('noopener noreferrer nofollow')
  await waitFor(
    async () => {
      const { body } = await stage.api.call(
        stage.api.accounts[0],
        'GET',
        `/conversations/${id}/messages`,
      )
      return body.data[0].status === 'read'
    },
    { what: 'the answer is read' },
  )
  await context.close()
})

test('hostile words of either side run nothing', async () => {
  const context = await stage.browser()
  const page = await context.newPage()
  const dialogs: string[] = []
  page.on('dialog', (dialog) => {
    dialogs.push(dialog.message())
    void dialog.dismiss()
  })
  await page.goto(shop)
  const frame = await openPanel(page)
  const hostile = '<img src=x onerror=alert(1)> [x](javascript:alert(2)) <script>alert(3)</script>'
  await say(frame, hostile)
  await frame.locator('[data-state=delivered]').waitFor()
  await stage.answer((await conversationOf()).id, hostile)
  await frame.locator('.bubble:not(.own)').waitFor()
  expect(await frame.locator('.bubble a, .bubble img, .bubble script').count()).toBe(0)
  expect(dialogs).toEqual([])
  await context.close()
})

test('the keyboard is enough: open, write with an IME, send, close, and the focus is back', async () => {
  const context = await stage.browser()
  const page = await context.newPage()
  await page.goto(shop)
  await launcher(page).focus()
  await page.keyboard.press('Enter')
  const frame = await waitFor(() => page.frames().find((one) => one.url().includes('/widget?')), {
    what: 'the frame',
  })
  const field = frame.locator('textarea')
  await field.waitFor()
  await field.focus()
  await field.fill('こんにちは')
  // The Enter that ends a composition chooses a word; it must not send.
  await field.dispatchEvent('keydown', { key: 'Enter', isComposing: true, bubbles: true })
  expect(await bubbles(frame)).toEqual([])
  await page.keyboard.press('Enter')
  await frame.locator('[data-state=delivered]').waitFor()
  await page.keyboard.press('Escape')
  await waitFor(
    () => page.evaluate("document.activeElement?.shadowRoot?.activeElement?.className === 'b'"),
    { what: 'the focus is on the button again' },
  )
  expect(await launcher(page).getAttribute('aria-expanded')).toBe('false')
  await context.close()
})

test('a screen reader hears each answer once, and nothing of what the visitor wrote', async () => {
  const context = await stage.browser()
  const page = await context.newPage()
  await page.goto(shop)
  const frame = await openPanel(page)
  // As Chromium does it: what is added belongs to the nearest element with a word on aria-live.
  await frame.evaluate(`
    window.heard = []
    new MutationObserver((records) => {
      for (const { addedNodes } of records) for (const node of addedNodes) {
        const said = (node.closest ? node : node.parentElement)?.closest('[aria-live]')
        if (said?.getAttribute('aria-live') === 'polite') window.heard.push(node.textContent)
      }
    }).observe(document.body, { childList: true, subtree: true })`)
  await say(frame, 'Alguém aí?')
  await frame.locator('[data-state=delivered]').waitFor()
  await stage.answer((await conversationOf()).id, 'Sim, estou.')
  await frame.getByText('Sim, estou.').waitFor()
  await say(frame, 'Obrigado')
  await waitFor(async () => (await frame.locator('[data-state=delivered]').count()) === 2, {
    what: 'both are delivered',
  })
  expect(await frame.evaluate('window.heard.filter((text) => /\\S/.test(text))')).toEqual([
    expect.stringContaining('Sim, estou.'),
  ])
  await context.close()
})

test('nothing serious for axe, in the page and in the frame, also at 320 px', async () => {
  for (const viewport of [
    { width: 1200, height: 800 },
    { width: 320, height: 568 },
  ]) {
    const context = await stage.browser({ viewport })
    const page = await context.newPage()
    await page.goto(shop)
    const frame = await openPanel(page)
    await say(frame, 'Olá')
    await frame.locator('[data-state=delivered]').waitFor()
    for (const target of [page.mainFrame(), frame]) {
      expect(await seriousViolations(target), target.url()).toEqual([])
    }
    const overflow = await frame.evaluate<number>('document.body.scrollWidth - innerWidth')
    expect(overflow).toBeLessThanOrEqual(0)
    await context.close()
  }
})

test('the page’s language is the widget’s, and the inbox may choose another', async () => {
  for (const [lang, name, field] of [
    ['pt-BR', 'Abrir o chat', 'Escreva uma mensagem'],
    ['en-GB', 'Open chat', 'Write a message'],
  ]) {
    const context = await stage.browser()
    const page = await context.newPage()
    const html = sitePage(snippet(stage.baseUrl, widget.websiteToken), lang)
    await page.goto(stage.publish(`/${lang}`, { html }))
    await page.getByRole('button', { name: name! }).click()
    await page.frameLocator('iframe').getByLabel(field!).waitFor()
    await context.close()
  }
})
