// What goes wrong between a browser and us: nothing that was written is lost or doubled.

import type { BrowserContext, Frame, Route } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { WidgetUnderTest } from '../api/widget-under-test.ts'
import { waitFor } from '../support/wait-for.ts'
import { bubbles, openPanel, say, sitePage, snippet } from './panel.ts'
import { openStage, type Stage } from './stage.ts'

let stage: Stage
let widget: WidgetUnderTest
let shop: string
beforeAll(async () => {
  stage = await openStage()
  widget = await stage.connect()
  shop = stage.publish('/', { html: sitePage(snippet(stage.baseUrl, widget.websiteToken)) })
})
afterAll(() => stage?.close())

/** A visitor who has begun a conversation with `first`. */
async function visitorWho(context: BrowserContext, first: string) {
  const page = await context.newPage()
  await page.goto(shop)
  const frame = await openPanel(page)
  await say(frame, first)
  await frame.locator('[data-state=delivered]').waitFor()
  const { body } = await stage.api.call(
    stage.api.accounts[0],
    'GET',
    `/conversations?inbox_id=${widget.inboxId}&limit=1`,
  )
  return { page, frame, id: body.data[0].id as number }
}

/** What agents see, in the order of the conversation. */
async function transcript(id: number): Promise<string[]> {
  const path = `/conversations/${id}/messages?limit=100`
  const { body } = await stage.api.call(stage.api.accounts[0], 'GET', path)
  return body.data.map(({ content }: { content: string }) => content).reverse()
}

const sameOnBothSides = (frame: Frame, id: number, count: number) =>
  waitFor(
    async () => {
      const seen = await bubbles(frame)
      expect(seen).toEqual(await transcript(id))
      expect(seen).toHaveLength(count)
      return true
    },
    { what: `the same ${count} messages on both sides` },
  )

test('messages written while the network is away go out when it is back, once and in order', async () => {
  const context = await stage.browser()
  const { frame, id } = await visitorWho(context, 'zero')
  await context.setOffline(true)
  for (const text of ['one', 'two', 'three']) await say(frame, text)
  await stage.answer(id, 'meanwhile')
  await waitFor(async () => (await frame.locator('[data-state=sending]').count()) === 3, {
    what: 'all three are shown as on their way',
  })
  await context.setOffline(false)
  await sameOnBothSides(frame, id, 5)
  expect((await transcript(id)).filter((text) => text !== 'meanwhile')).toEqual([
    'zero',
    'one',
    'two',
    'three',
  ])
  await context.close()
})

test('an answer of the server that is lost doubles nothing', async () => {
  const context = await stage.browser()
  const { page, frame, id } = await visitorWho(context, 'zero')
  let lost = 0
  await page.route(`**/conversations/${id}/messages`, async (route) => {
    if (route.request().method() !== 'POST' || lost > 1) return route.fallback()
    lost += 1
    // The server has it, the browser never hears of that.
    const request = route.request()
    await stage.api.app.inject({
      method: 'POST',
      url: new URL(request.url()).pathname,
      headers: request.headers(),
      payload: request.postData()!,
    })
    await route.abort('connectionreset')
  })
  await say(frame, 'once')
  await waitFor(() => lost === 2, { what: 'two lost answers' })
  await say(frame, 'and on')
  await sameOnBothSides(frame, id, 3)
  await context.close()
})

test('a reload in the middle keeps what was written and the conversation', async () => {
  const context = await stage.browser()
  const { page, frame, id } = await visitorWho(context, 'before')
  await page.route('**/api/v1/widget/conversations/**', (route) => route.abort())
  await say(frame, 'on its way')
  await frame.locator('[data-state=sending]').waitFor()
  await page.unroute('**/api/v1/widget/conversations/**')
  await page.reload()
  const again = await openPanel(page)
  await sameOnBothSides(again, id, 2)
  await context.close()
})

test('two tabs that wait for the network lose nothing of each other, also when both are closed', async () => {
  const context = await stage.browser()
  const { page, frame, id } = await visitorWho(context, 'zero')
  const other = await context.newPage()
  await other.goto(shop)
  const second = await openPanel(other)
  await second.getByText('zero').waitFor()
  const messages = '**/api/v1/widget/conversations/*/messages'
  const lost = (route: Route) =>
    route.request().method() === 'POST' ? route.abort() : route.fallback()
  await context.route(messages, lost)
  for (const [at, text] of [
    [frame, 'of the first'],
    [second, 'of the second'],
  ] as const) {
    await say(at, text)
    await at.locator('[data-state=sending]').waitFor()
  }
  await page.close()
  await other.close()
  await context.unroute(messages, lost)
  const later = await context.newPage()
  await later.goto(shop)
  await sameOnBothSides(await openPanel(later), id, 3)
  expect(await transcript(id)).toEqual(['zero', 'of the first', 'of the second'])
  await context.close()
})

test('after a silence in which more came than a page holds, nothing is missing in between', async () => {
  const context = await stage.browser()
  const { page, id } = await visitorWho(context, 'zero')
  for (let at = 1; at <= 30; at++) await stage.answer(id, `before ${at}`)
  await page.reload()
  const frame = await openPanel(page)
  await frame.getByText('before 30').waitFor()
  await page.evaluate("window.$cloudchat.toggle('close')")
  for (let at = 1; at <= 40; at++) await stage.answer(id, `meanwhile ${at}`)
  await page.evaluate("window.$cloudchat.toggle('open')")
  await frame.getByText('meanwhile 40').waitFor()
  const earlier = frame.getByRole('button', { name: 'Mensagens anteriores' })
  await waitFor(
    async () => {
      if (await earlier.isVisible()) await earlier.click()
      return (await bubbles(frame)).length === 71
    },
    { what: 'all of it' },
  )
  await sameOnBothSides(frame, id, 71)
  await context.close()
})

test('a stream that never gets through gives way to single questions', async () => {
  const context = await stage.browser()
  await context.route('**/api/v1/widget/events**', (route) => route.abort())
  const { frame, id } = await visitorWho(context, 'hello')
  await stage.answer(id, 'without a stream')
  await frame.getByText('without a stream').waitFor({ timeout: 60_000 })
  await context.close()
})

test('nine tabs of one visitor all show what comes', async () => {
  const context = await stage.browser()
  const { frame, id } = await visitorWho(context, 'many tabs')
  const frames = [frame]
  for (let at = 1; at < 9; at++) {
    const page = await context.newPage()
    await page.goto(shop)
    frames.push(await openPanel(page))
  }
  await stage.answer(id, 'to all of you')
  for (const one of frames) await one.getByText('to all of you').waitFor()
  await context.close()
})

test('where storage is forbidden the chat works for as long as the page', async () => {
  const context = await stage.browser()
  await context.addInitScript(
    `Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('denied', 'SecurityError') } })`,
  )
  const { frame, id } = await visitorWho(context, 'no storage')
  await stage.answer(id, 'heard')
  await frame.getByText('heard').waitFor()
  await context.close()
})

test('a question under way when its session is lost leaves no old conversation on the screen', async () => {
  const context = await stage.browser()
  const { page, frame, id } = await visitorWho(context, 'old talk')
  await stage.api.db.updateTable('widget_sessions').set({ revoked_at: new Date() }).execute()
  // As when a phone is unlocked: everything is asked anew before anybody writes.
  await page.evaluate("window.$cloudchat.toggle('close')")
  await page.evaluate("window.$cloudchat.toggle('open')")
  await waitFor(async () => (await bubbles(frame)).length === 0, { what: 'an empty chat' })
  await say(frame, 'new talk')
  await waitFor(async () => (await bubbles(frame)).join() === 'new talk', { what: 'the new one' })
  await frame.locator('[data-state=delivered]').waitFor()
  const { body } = await stage.api.call(
    stage.api.accounts[0],
    'GET',
    `/conversations?inbox_id=${widget.inboxId}&limit=1`,
  )
  expect(body.data[0].id).not.toBe(id)
  await stage.answer(body.data[0].id, 'heard again')
  await frame.getByText('heard again').waitFor()
  await context.close()
})

test('a session that the server no longer knows is begun anew, and what was written goes out', async () => {
  const context = await stage.browser()
  const { frame, id } = await visitorWho(context, 'old session')
  await stage.api.db.updateTable('widget_sessions').set({ revoked_at: new Date() }).execute()
  await say(frame, 'new session')
  await waitFor(async () => (await bubbles(frame)).join() === 'new session', {
    what: 'a conversation of the new session',
  })
  await frame.locator('[data-state=delivered]').waitFor()
  expect(await transcript(id)).toEqual(['old session'])
  await context.close()
})
