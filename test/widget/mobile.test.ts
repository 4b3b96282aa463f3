// The widget in the view of a mobile app, both ways of docs/mobile.md; Chromium plays the phone.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { identityHash } from '../../channels/widget/index.ts'
import type { WidgetUnderTest } from '../api/widget-under-test.ts'
import { waitFor } from '../support/wait-for.ts'
import { panelOf, say } from './panel.ts'
import { openStage, type Stage } from './stage.ts'

const phone = {
  viewport: { width: 390, height: 844 },
  isMobile: true,
  hasTouch: true,
  deviceScaleFactor: 3,
}
const example = readFileSync(join(import.meta.dirname, '../../examples/mobile/page.html'), 'utf8')

let stage: Stage
let widget: WidgetUnderTest
let bundle: string
beforeAll(async () => {
  stage = await openStage()
  widget = await stage.connect({ identity_validation: 'optional' })
  bundle = mkdtempSync(join(tmpdir(), 'bundled-page-'))
})
afterAll(async () => {
  await stage?.close()
  rmSync(bundle, { recursive: true, force: true })
})

const pageOf = ({ websiteToken }: WidgetUnderTest) =>
  example.replace('BASE_URL_CLOUDCHAT', stage.baseUrl).replace('WEBSITE_TOKEN', websiteToken)

async function admin(method: string, path: string, payload?: object) {
  const more = payload ? { payload } : {}
  return (await stage.api.call(stage.api.accounts[0], method, path, more)).body
}

test('the app’s own page, hosted: the chat fills the screen and works by touch', async () => {
  const context = await stage.browser(phone)
  const page = await context.newPage()
  await page.goto(stage.publish('/app', { html: pageOf(widget) }))
  const frame = await panelOf(page)
  expect(await page.locator('iframe').boundingBox()).toMatchObject({ x: 0, y: 0, width: 390 })
  await frame.locator('textarea').fill('do celular')
  await frame.getByRole('button', { name: 'Enviar' }).tap()
  await frame.locator('[data-state=delivered]').waitFor()
  await context.close()
})

test('the app’s own page, bundled: its origin is null, which the list may name', async () => {
  const listed = await stage.connect({ domains: ['shop.example'] })
  const file = join(bundle, 'page.html')
  writeFileSync(file, pageOf(listed))
  const open = async () => {
    const context = await stage.browser(phone)
    const page = await context.newPage()
    await page.goto(pathToFileURL(file).href)
    return page
  }
  const refused = await open()
  await waitFor(() => refused.frames()[1]?.url().startsWith('chrome-error:'), {
    what: 'the browser refuses the frame',
  })
  await refused.context().close()

  await admin('PATCH', `/widgets/${listed.inboxId}`, { domains: ['shop.example', 'null'] })
  const allowed = await open()
  const frame = await panelOf(allowed)
  await say(frame, 'from the bundle')
  await frame.locator('[data-state=delivered]').waitFor()
  await allowed.context().close()
})

test('the hosted page: the app says who the user is and hears of what is unread', async () => {
  const { mobile_url } = await admin('GET', `/widgets/${widget.inboxId}/scripts`)
  const { token } = await admin('POST', `/widgets/${widget.inboxId}/identity_tokens`)
  const context = await stage.browser(phone)
  const page = await context.newPage()
  // What the app adds to its view.
  await page.addInitScript(
    'window.heard = []; window.CloudChat = { postMessage: (text) => heard.push(JSON.parse(text)) }',
  )
  await page.goto(mobile_url)
  const frame = page.mainFrame()
  await frame.locator('.panel').waitFor()
  const facts = { identifier_hash: identityHash(token, '77'), name: 'Rui' }
  const answer = await page.evaluate(`window.cloudchat.setUser('77', ${JSON.stringify(facts)})`)
  expect(answer).toMatchObject({ status: 'verified' })
  await say(frame, 'Olá')
  await frame.locator('[data-state=delivered]').waitFor()
  const [talk] = (await admin('GET', `/conversations?inbox_id=${widget.inboxId}&limit=1`)).data
  const contact = await admin('GET', `/contacts/${talk.contact_id}`)
  expect(contact).toMatchObject({ identifier: '77', name: 'Rui' })
  await stage.answer(talk.id, 'Oi, Rui')
  const heard = await waitFor(
    () =>
      page.evaluate<{ detail: { content: string } } | undefined>(
        "heard.find(({ event }) => event === 'on-message')",
      ),
    { what: 'the app hears of the answer' },
  )
  expect(heard.detail.content).toBe('Oi, Rui')
  await context.close()
})
