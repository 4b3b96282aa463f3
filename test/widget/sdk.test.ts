// The page's side: the articles' scripts as they are, and what pages do to an SDK.

import { sql } from 'kysely'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { identityHash } from '../../channels/widget/index.ts'
import type { WidgetUnderTest } from '../api/widget-under-test.ts'
import { waitFor } from '../support/wait-for.ts'
import { bubbles, launcher, openPanel, panelOf, say, sitePage, snippet } from './panel.ts'
import { openStage, type Stage } from './stage.ts'

let stage: Stage
let widget: WidgetUnderTest
let token: string
beforeAll(async () => {
  stage = await openStage()
  widget = await stage.connect({ identity_validation: 'optional', multiple_conversations: true })
  token = (await admin('POST', `/widgets/${widget.inboxId}/identity_tokens`)).token
  for (const key of ['plano', 'id_cliente']) {
    await admin('POST', '/custom_attribute_definitions', {
      target: 'contact',
      key,
      name: key,
      type: 'text',
    })
  }
})
afterAll(() => stage?.close())

async function admin(method: string, path: string, payload?: object) {
  const more = payload ? { payload } : {}
  return (await stage.api.call(stage.api.accounts[0], method, path, more)).body
}

let pages = 0
/** A page with the article's script, and code where the article puts its own. */
async function openSite(more = '', before = ''): Promise<Page> {
  const html = sitePage(
    `<script>${before}</script>${snippet(stage.baseUrl, widget.websiteToken, more)}`,
  )
  const context = await stage.browser()
  const page = await context.newPage()
  await page.goto(stage.publish(`/page-${++pages}`, { html }))
  return page
}

const hashOf = (id: string) => identityHash(token, id)
const newestContact = async () => {
  const [talk] = (await admin('GET', `/conversations?inbox_id=${widget.inboxId}&limit=1`)).data
  return admin('GET', `/contacts/${talk.contact_id}`)
}
/** What `window.result` holds once the page has put something there. */
const resultOf = (page: Page) =>
  waitFor(() => page.evaluate('window.result'), { what: 'the answer of the SDK' })

test('the article’s complete example fills the contact and its attributes before the conversation', async () => {
  const page = await openSite(`
    window.addEventListener('cloudchat:ready', function() { window.$cloudchat.setUser('joao@loja.example', { email: 'joao@loja.example', name: 'João da Silva', phone_number: '+5511999999999' }); });
    window.addEventListener('cloudchat:on-start-conversation', function() { window.starts = (window.starts || 0) + 1; window.$cloudchat.setCustomAttributes({ plano: 'Premium', id_cliente: '123456', cnh: 'ABC123456789' }); });`)
  const frame = await openPanel(page)
  await say(frame, 'Oi')
  await frame.locator('[data-state=delivered]').waitFor()
  await say(frame, 'Mais uma')
  await waitFor(async () => (await bubbles(frame)).length === 2, { what: 'both messages' })
  expect(await page.evaluate('window.starts')).toBe(1)
  expect(await newestContact()).toMatchObject({
    name: 'João da Silva',
    email: 'joao@loja.example',
    phone_number: '+5511999999999',
    identifier: 'joao@loja.example',
    custom_attributes: { plano: 'Premium', id_cliente: '123456' },
  })
  await page.context().close()
})

describe('setUser answers', () => {
  const told = (id: string, facts: object) =>
    `window.$cloudchat.setUser(${id}, ${JSON.stringify(facts)}).then(function(answer) { window.result = answer });`
  const cases: [name: string, more: string, result: object][] = [
    [
      'when it is called in the same task as run()',
      told("'u1'", { email: 'u1@a.example' }),
      { status: 'unverified' },
    ],
    [
      'for a number as for its text',
      told('4711', { identifier_hash: 'HASH:4711' }),
      { status: 'verified' },
    ],
    [
      'to a wrong hash, with what to do about it',
      told("'u2'", { identifier_hash: 'f00', email: 'u2@a.example' }),
      { status: 'rejected', code: 'identifier_hash_wrong', hint: expect.stringMatching(/HMAC/) },
    ],
    [
      'without any key to match by',
      told("'u3'", { name: 'Nobody' }),
      { status: 'rejected', code: 'contact_key_missing' },
    ],
    [
      'without an identifier',
      told("''", { email: 'u4@a.example' }),
      { status: 'rejected', code: 'identifier_missing' },
    ],
    [
      'to facts that cannot be copied',
      'window.$cloudchat.setUser("u5", { email: function() {} }).then(function(answer) { window.result = answer });',
      { status: 'rejected', code: 'not_cloneable' },
    ],
  ]
  test.each(cases)('%s', async (_, more, result) => {
    const signed = more.replace(/HASH:(\w+)/, (_all, id: string) => hashOf(id))
    const page = await openSite(signed)
    expect(await resultOf(page)).toMatchObject(result)
    await page.context().close()
  })

  test('and a refusal is also told by cloudchat:error', async () => {
    const page = await openSite(
      told("'u6'", { name: 'x' }),
      "addEventListener('cloudchat:error', function(e) { window.error = e.detail })",
    )
    await resultOf(page)
    expect(await page.evaluate('window.error')).toMatchObject({ code: 'contact_key_missing' })
    await page.context().close()
  })

  test('attributes of a conversation are not available, and the way out is named', async () => {
    const page = await openSite(
      'window.$cloudchat.setConversationCustomAttributes({a:1}).then(function(answer) { window.result = answer });',
    )
    expect(await resultOf(page)).toMatchObject({ status: 'rejected', code: 'not_available_v0' })
    await page.context().close()
  })
})

test('setUser before run() waits for it, and said twice it is one visitor', async () => {
  const facts = JSON.stringify({ identifier_hash: hashOf('early'), email: 'early@a.example' })
  const html = sitePage(`<script src="${stage.baseUrl}/packs/js/sdk.js"></script><script>
    window.$cloudchat.setUser('early', ${facts}).then(function(answer) { window.result = answer });
    setTimeout(function() {
      window.cloudchatSDK.run({ websiteToken: "${widget.websiteToken}", baseUrl: "${stage.baseUrl}" });
    });
  </script>`)
  const context = await stage.browser()
  const page = await context.newPage()
  await page.goto(stage.publish(`/page-${++pages}`, { html }))
  expect(await resultOf(page)).toMatchObject({ status: 'verified' })
  const again = await page.evaluate(`window.$cloudchat.setUser('early', ${facts})`)
  expect(again).toMatchObject({ status: 'verified' })
  const { rows } = await sql`
    select from widget_sessions where identifier = 'early'`.execute(stage.api.db)
  expect(rows).toHaveLength(1)
  await context.close()
})

test('ready comes after run() and once, however often the page runs it', async () => {
  const page = await openSite(
    `window.order = ['run']; window.addEventListener('cloudchat:ready', function() { window.order.push('ready') });
     window.cloudchatSDK.run({ websiteToken: 'other', baseUrl: BASE_URL });`,
  )
  await launcher(page).waitFor()
  await waitFor(() => page.evaluate('window.order.length > 1'), { what: 'ready' })
  expect(await page.evaluate('window.order')).toEqual(['run', 'ready'])
  expect(await page.locator('iframe').count()).toBe(1)
  await page.context().close()
})

test('a handler of the page that throws breaks nothing', async () => {
  const page = await openSite(
    '',
    `addEventListener('cloudchat:ready', function() { throw new Error('of the page') });
     addEventListener('cloudchat:on-start-conversation', function() { throw new Error('of the page') })`,
  )
  const frame = await openPanel(page)
  await frame
    .getByRole('button', { name: 'Nova conversa' })
    .or(frame.locator('textarea'))
    .first()
    .waitFor()
  await say(frame, 'goes out')
  await frame.locator('[data-state=delivered]').waitFor()
  await page.context().close()
})

test('who logs in after another sees nothing of the other, and neither does a reset page', async () => {
  const page = await openSite()
  const setUser = (id: string) =>
    page.evaluate(
      `window.$cloudchat.setUser('${id}', { identifier_hash: '${hashOf(id)}', email: '${id}@a.example' })`,
    )
  expect(await setUser('ana')).toMatchObject({ status: 'verified' })
  const frame = await openPanel(page)
  await frame.getByRole('button', { name: 'Nova conversa' }).click()
  await say(frame, 'secret of Ana')
  await frame.locator('[data-state=delivered]').waitFor()

  expect(await setUser('bia')).toMatchObject({ status: 'verified' })
  await frame.getByText('Nenhuma conversa ainda.').waitFor()
  expect(await frame.locator('body').textContent()).not.toContain('secret of Ana')
  await page.evaluate('window.$cloudchat.reset()')
  expect(await frame.locator('body').textContent()).not.toContain('secret of Ana')

  expect(await setUser('ana')).toMatchObject({ status: 'verified' })
  await frame.getByText('secret of Ana').waitFor()
  await page.context().close()
})

test('who logs out in one tab has left the others too, with what still waited to be sent there', async () => {
  const page = await openSite()
  const other = await page.context().newPage()
  await other.goto(page.url())
  const setUser = (at: Page, id: string) =>
    at.evaluate(`window.$cloudchat.setUser('${id}', { identifier_hash: '${hashOf(id)}' })`)
  for (const at of [page, other])
    expect(await setUser(at, 'fay')).toMatchObject({ status: 'verified' })
  const frame = await openPanel(other)
  await frame.getByRole('button', { name: 'Nova conversa' }).click()
  await say(frame, 'secret of Fay')
  await frame.locator('[data-state=delivered]').waitFor()
  await other.route('**/api/v1/widget/conversations/*/messages', (route) => route.abort())
  await say(frame, 'waits in the other tab')
  await frame.locator('[data-state=sending]').waitFor()

  await page.evaluate('window.$cloudchat.reset()')
  await waitFor(async () => (await bubbles(frame)).length === 0, { what: 'an empty chat' })
  await setUser(page, 'gil')
  await other.unroute('**/api/v1/widget/conversations/*/messages')
  await other.reload()
  const next = await openPanel(other)
  await next.getByText('Nenhuma conversa ainda.').waitFor()
  const { rows } = await sql`
    select from messages where content = 'waits in the other tab'`.execute(stage.api.db)
  expect(rows).toEqual([])
  await page.context().close()
})

test('what one wrote whose session ends on the way is never sent as who logs in after', async () => {
  const page = await openSite()
  const setUser = (id: string) =>
    page.evaluate(`window.$cloudchat.setUser('${id}', { identifier_hash: '${hashOf(id)}' })`)
  await setUser('dora')
  const frame = await openPanel(page)
  const onTheWay = Promise.withResolvers<void>()
  const loggedIn = Promise.withResolvers<void>()
  await page.route('**/api/v1/widget/conversations', async (route) => {
    if (route.request().postData()?.includes('words of Dora')) {
      onTheWay.resolve()
      await loggedIn.promise
    }
    await route.fallback()
  })
  await frame.getByRole('button', { name: 'Nova conversa' }).click()
  await say(frame, 'words of Dora')
  await onTheWay.promise
  expect(await setUser('elsa')).toMatchObject({ status: 'verified' })
  loggedIn.resolve()
  await frame.getByRole('button', { name: 'Nova conversa' }).click()
  await say(frame, 'words of Elsa')
  await frame.locator('[data-state=delivered]').waitFor()
  const { rows } = await sql<{ content: string }>`
    select content from messages where content like 'words of %'`.execute(stage.api.db)
  expect(rows).toEqual([{ content: 'words of Elsa' }])
  await page.context().close()
})

test('several conversations: two tabs, five of the history at a time, filters, and one opened again', async () => {
  const page = await openSite()
  await page.evaluate(
    `window.$cloudchat.setUser('cara', { identifier_hash: '${hashOf('cara')}', email: 'cara@a.example' })`,
  )
  const frame = await openPanel(page)
  for (let at = 0; at < 7; at++) {
    await frame.getByRole('button', { name: 'Nova conversa' }).click()
    await say(frame, `assunto ${at}`)
    await frame.locator('[data-state=delivered]').waitFor()
    await frame.getByRole('button', { name: 'Voltar' }).click()
    await frame.getByRole('tab', { name: 'Conversas ativas' }).waitFor()
  }
  const talks = (await admin('GET', `/conversations?inbox_id=${widget.inboxId}&limit=7`)).data
  for (const { id } of talks.slice(1)) {
    await admin('PATCH', `/conversations/${id}`, { status: 'resolved' })
  }
  const cards = frame.locator('.card')
  await waitFor(async () => (await cards.count()) === 1, { what: 'one that goes on' })
  await frame.getByRole('tab', { name: 'Histórico de conversas' }).click()
  await waitFor(async () => (await cards.count()) === 5, { what: 'five of the history' })
  await frame.getByRole('button', { name: 'Ver mais' }).click()
  await waitFor(async () => (await cards.count()) === 6, { what: 'all of it' })
  expect(await frame.getByRole('button', { name: 'Ver mais' }).count()).toBe(0)

  await frame.getByLabel('ID do ticket').fill(String(talks[6].display_id))
  await frame.getByRole('button', { name: 'Buscar' }).click()
  await waitFor(async () => (await cards.count()) === 1, { what: 'the one by its number' })
  await frame.getByLabel('Data final').fill('2020-01-01')
  await frame.getByRole('button', { name: 'Buscar' }).click()
  await frame.getByText('Nada foi encontrado.').waitFor()
  await frame.getByLabel('Data final').fill('')
  await frame.getByRole('button', { name: 'Buscar' }).click()
  await cards.first().click()
  await frame.getByText('assunto 0').waitFor()
  expect(await frame.locator('textarea').count()).toBe(0)
  await frame.getByRole('button', { name: 'Reabrir' }).click()
  await say(frame, 'de novo')
  await frame.getByText('de novo').waitFor()
  await page.context().close()
})

test('a page with the strictest policy and Trusted Types runs the second snippet', async () => {
  const { page: snippets, csp } = await admin('GET', `/widgets/${widget.inboxId}/scripts`)
  const strict = snippets.find(({ key }: { key: string }) => key === 'strict_csp').code
  const headers = {
    'content-security-policy': `default-src 'none'; style-src 'none'; require-trusted-types-for 'script'; trusted-types 'none'; ${csp}`,
  }
  const context = await stage.browser()
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text())
  })
  await page.goto(stage.publish('/strict', { html: sitePage(strict), headers }))
  const frame = await openPanel(page)
  await say(await panelOf(page), 'strict')
  await frame.locator('[data-state=delivered]').waitFor()
  const box = await launcher(page).boundingBox()
  expect(box).toMatchObject({ width: 60, height: 60 })
  expect(complaints.filter((text) => !/favicon/.test(text))).toEqual([])
  await context.close()
})

test('a page that is not on the list shows nothing of the chat', async () => {
  const own = await stage.connect({ domains: ['other.test'] })
  const html = sitePage(snippet(stage.baseUrl, own.websiteToken))
  const context = await stage.browser()
  const page = await context.newPage()
  const address = stage.publish('/not-listed', { html })
  await page.goto(address)
  await launcher(page).click()
  const framed = await waitFor(() => page.frames()[1], { what: 'the frame' })
  await waitFor(() => framed.url().startsWith('chrome-error:') || framed.url() === 'about:blank', {
    what: 'the browser refuses the frame',
  })
  await page.goto(address.replace('shop.test', 'other.test'))
  const frame = await openPanel(page)
  await frame.locator('textarea').waitFor()
  await context.close()
})

test('destroy leaves nothing behind, and the page may run it again', async () => {
  const page = await openSite()
  await launcher(page).waitFor()
  await page.evaluate('window.$cloudchat.destroy()')
  expect(await page.getByRole('button').count()).toBe(0)
  await page.evaluate(
    `window.cloudchatSDK.run({ websiteToken: '${widget.websiteToken}', baseUrl: '${stage.baseUrl}' })`,
  )
  const frame = await openPanel(page)
  await frame.locator('textarea').waitFor()
  await page.context().close()
})
