// Browsers that block third-party cookies and give every site a storage of its own.
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { WidgetUnderTest } from '../api/widget-under-test.ts'
import { bubbles, openPanel, say, sitePage, snippet } from './panel.ts'
import { openStage, type Stage } from './stage.ts'

const SET_COOKIE = `document.cookie = 'probe=1; SameSite=None; Secure'; document.cookie`

let stage: Stage
let widget: WidgetUnderTest
let shop: string
beforeAll(async () => {
  stage = await openStage(['--test-third-party-cookie-phaseout'])
  widget = await stage.connect()
  shop = stage.publish('/', { html: sitePage(snippet(stage.baseUrl, widget.websiteToken)) })
})
afterAll(() => stage?.close())

test('with third-party cookies blocked a conversation outlives its page, and no other site sees it', async () => {
  const context = await stage.browser()
  const page = await context.newPage()
  await page.goto(shop)
  const frame = await openPanel(page)
  expect(await frame.evaluate(SET_COOKIE)).toBe('')
  await say(frame, 'said on shop.test')
  await frame.locator('[data-state=delivered]').waitFor()

  await page.reload()
  const again = await openPanel(page)
  await again.getByText('said on shop.test').waitFor()
  // Neither the page nor its addresses have anything of the session.
  expect(await page.evaluate('document.cookie + Object.keys(localStorage)')).toBe('')
  expect(page.frames().map((one) => new URL(one.url()).search)).toEqual([
    '',
    `?website_token=${widget.websiteToken}`,
  ])

  await page.goto(shop.replace('shop.test', 'other.test'))
  const elsewhere = await openPanel(page)
  await say(elsewhere, 'said on other.test')
  await elsewhere.locator('[data-state=delivered]').waitFor()
  expect(await bubbles(elsewhere)).toEqual(['said on other.test'])
  await page.goto(shop)
  const back = await openPanel(page)
  await back.getByText('said on shop.test').waitFor()
  expect(await bubbles(back)).toEqual(['said on shop.test'])
  expect(await context.cookies()).toEqual([])
  // Not because the browser refuses every cookie: by itself the same page may have one.
  await page.goto(`${stage.baseUrl}/widget?website_token=${widget.websiteToken}`)
  expect(await page.evaluate(SET_COOKIE)).toBe('probe=1')
  await context.close()
})
