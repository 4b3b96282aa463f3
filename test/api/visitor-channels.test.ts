// One history across channels: what a verified user said elsewhere can be read here, where the inbox
// says so, and goes on only there.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { identityHash } from '../../channels/widget/index.ts'
import { type ApiUnderTest, startApi } from './api-under-test.ts'
import { type Browser, connectWidget, type WidgetUnderTest } from './widget-under-test.ts'

let api: ApiUnderTest
/** Two inboxes of one account: a user is the same contact in both. */
let site: WidgetUnderTest
let app: WidgetUnderTest
const tokens = new Map<WidgetUnderTest, string>()
beforeAll(async () => {
  api = await startApi()
  const settings = { identity_validation: 'optional', multiple_conversations: true }
  ;[site, app] = [
    await connectWidget(api, api.accounts[0], settings),
    await connectWidget(api, api.accounts[0], settings),
  ]
  for (const one of [site, app]) {
    const path = `/widgets/${one.inboxId}/identity_tokens`
    tokens.set(one, (await api.call(api.accounts[0], 'POST', path)).body.token)
  }
})
afterAll(() => api?.stop())

async function visitorOf(widget: WidgetUnderTest, identifier: string): Promise<Browser> {
  const visitor = await widget.visitor()
  const identifier_hash = identityHash(tokens.get(widget)!, identifier)
  const { body } = await visitor.put('/contact', { identifier, identifier_hash })
  expect(body.status).toBe('verified')
  return visitor
}

const patch = (path: string, payload: object) =>
  api.call(api.accounts[0], 'PATCH', path, { payload })
const oneHistory = (widget: WidgetUnderTest, history_of_all_channels: boolean) =>
  patch(`/widgets/${widget.inboxId}`, { history_of_all_channels })

async function shownTo(visitor: Browser) {
  const paths = ['/conversations', '/conversations/history']
  const lists = await Promise.all(paths.map((path) => visitor.get(path)))
  return lists.map(({ body }) =>
    body.data.map(({ id, read_only }: { id: number; read_only: boolean }) => ({ id, read_only })),
  )
}

test('what was said in another inbox stays there, unless the option is on', async () => {
  const inApp = await visitorOf(app, 'ana')
  const open = (await inApp.begin('still open')).body.conversation.id
  const over = (await inApp.begin('over')).body.conversation.id
  await patch(`/conversations/${over}`, { status: 'resolved' })

  const onSite = await visitorOf(site, 'ana')
  const own = (await onSite.begin('here')).body.conversation.id
  expect(await shownTo(onSite)).toEqual([[{ id: own, read_only: false }], []])
  expect((await onSite.get(`/conversations/${over}/messages`)).status).toBe(404)

  await oneHistory(site, true)
  expect(await shownTo(onSite)).toEqual([
    [
      { id: own, read_only: false },
      { id: open, read_only: true },
    ],
    [{ id: over, read_only: true }],
  ])
  const { body } = await onSite.get(`/conversations/${over}/messages`)
  expect(body.data).toMatchObject([{ content: 'over', direction: 'incoming' }])
  const message = { id: crypto.randomUUID(), content: 'here, then' }
  const refused = { status: 409, body: { code: 'conversation_elsewhere' } }
  expect(await onSite.post(`/conversations/${open}/messages`, message)).toMatchObject(refused)
  expect(await onSite.post(`/conversations/${over}/reopen`)).toMatchObject(refused)
  // The option is of the site's inbox alone.
  expect(await shownTo(inApp)).toEqual([
    [{ id: open, read_only: false }],
    [{ id: over, read_only: false }],
  ])
  await oneHistory(site, false)
  expect((await onSite.get(`/conversations/${over}/messages`)).status).toBe(404)
})

test('another user, and who only claims the identifier, see none of it', async () => {
  await oneHistory(site, true)
  const inApp = await visitorOf(app, 'bia')
  const { id } = (await inApp.begin('of Bia')).body.conversation
  const claiming = await site.visitor()
  await claiming.put('/contact', { identifier: 'bia', email: 'bia@shop.example' })
  for (const visitor of [claiming, await visitorOf(site, 'eva'), await site.visitor()]) {
    expect((await visitor.get(`/conversations/${id}/messages`)).status).toBe(404)
    expect(JSON.stringify((await visitor.get('/conversations')).body)).not.toContain('of Bia')
  }
})

test('it needs several conversations, which need identity validation', async () => {
  const plain = await connectWidget(api, api.accounts[0])
  const refused = await oneHistory(plain, true)
  expect([refused.status, refused.body.details.fields[0]]).toMatchObject([
    422,
    { field: 'history_of_all_channels', reason: 'needs_multiple_conversations' },
  ])
})
