// What the widget weighs, what it asks for before anybody wants it, and how long a message takes to
// the other side's screen: node bench/widget.ts [messages]
import type { Frame } from 'playwright-core'
import { buildWidget } from '../scripts/platform/build-pages.ts'
import { openPanel, say, sitePage, snippet } from '../test/widget/panel.ts'
import { openShop } from '../test/widget/shop.ts'
import { widgetWeight } from '../test/widget/weight.ts'
import { quantile, rounded } from './measure.ts'
import { openWidgetApi, type WidgetApi } from './widget-api.ts'

const messages = Number(process.argv[2] ?? 200)

await buildWidget()
const api = await openWidgetApi((port) => `http://chat.test:${port}`)
const shop = await openShop(api.publicUrl)
const page = await (await shop.browser()).newPage()
let requests = 0
page.on('request', (request) => {
  if (request.url().startsWith(api.publicUrl)) requests += 1
})
const html = sitePage(snippet(api.publicUrl, api.websiteToken))
await page.goto(shop.publish('/', { html }), { waitUntil: 'networkidle' })
const requests_before_intent = requests

const frame = await openPanel(page)
await say(frame, 'Bom dia')
await frame.locator('[data-state=delivered]').waitFor()
const agents = await listen(api)
const [talk] = (await api.call<{ data: { id: number }[] }>('GET', '/conversations')).data

const toVisitor: number[] = []
const toAgent: number[] = []
for (let n = 0; n < messages; n++) {
  const content = `answer ${n}.`
  const seen = paintedAt(frame, content)
  const sentAt = Date.now()
  const { id } = await api.call<{ id: number }>('POST', `/conversations/${talk!.id}/messages`, {
    content,
  })
  toVisitor.push((await seen) - sentAt)

  const heard = agents.after(id)
  await frame.locator('textarea').fill(`question ${n}`)
  const askedAt = await frame.evaluate<number>('Date.now()')
  await frame.locator('textarea').press('Enter')
  toAgent.push((await heard) - askedAt)
}
agents.close()
await shop.close()
await api.stop()
const { loader, app, styles } = widgetWeight()
console.log(
  JSON.stringify({
    loader_gz_kb: rounded(loader, 1),
    app_gz_kb: rounded(app, 1),
    css_gz_kb: rounded(styles, 1),
    requests_before_intent,
    messages,
    p50_ms: rounded(quantile(toVisitor, 0.5)),
    p95_ms: rounded(quantile(toVisitor, 0.95)),
    to_agent_p50_ms: rounded(quantile(toAgent, 0.5)),
    to_agent_p95_ms: rounded(quantile(toAgent, 0.95)),
  }),
)

/** When the text is on the screen: in the tree, and a frame later. */
function paintedAt(frame: Frame, text: string): Promise<number> {
  return frame.evaluate<number>(`new Promise((resolve) => {
    const painted = () => requestAnimationFrame(() => resolve(Date.now()))
    const look = () => document.querySelector('.bubbles')
      .textContent.includes(${JSON.stringify(text)})
    const observer = new MutationObserver(() => {
      if (!look()) return
      observer.disconnect()
      painted()
    })
    observer.observe(document.body, { childList: true, subtree: true, characterData: true })
  })`)
}

/** When the account's events tell of a message, as a console hears of it. */
async function listen({ url, accountId, adminKey }: WidgetApi) {
  const leave = new AbortController()
  let waiting = { id: 0, resolve: (_at: number) => {} }
  const { body } = await fetch(`${url}/api/v1/accounts/${accountId}/events`, {
    headers: { api_access_token: adminKey },
    signal: leave.signal,
  })
  const read = async () => {
    let text = ''
    for await (const chunk of body!.pipeThrough(new TextDecoderStream())) {
      const blocks = (text + chunk).split('\n\n')
      text = blocks.pop()!
      for (const block of blocks) {
        if (!block.includes('event: message.created')) continue
        const { message_id, message_ids = [message_id] } = JSON.parse(
          /^data: (.*)$/m.exec(block)![1]!,
        )
        if (message_ids.some((id: number) => id > waiting.id)) waiting.resolve(Date.now())
      }
    }
  }
  read().catch((error) => {
    if (!leave.signal.aborted) throw error
  })
  return {
    /** When one with a higher id is told of. */
    after: (id: number) => new Promise<number>((resolve) => (waiting = { id, resolve })),
    close: () => leave.abort(),
  }
}
