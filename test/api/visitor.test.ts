// What visitors of the widget may do and see; who they are is in visitor-identity.test.ts.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ApiUnderTest, startApi } from './api-under-test.ts'
import { widgetCalls } from './widget-calls.ts'
import { connectWidget, type WidgetUnderTest } from './widget-under-test.ts'

let api: ApiUnderTest
let widget: WidgetUnderTest
beforeAll(async () => {
  api = await startApi()
  widget = await connectWidget(api, api.accounts[0])
})
afterAll(() => api?.stop())

const answer = (conversationId: number, content: string, more: object = {}) =>
  api.call(api.accounts[0], 'POST', `/conversations/${conversationId}/messages`, {
    payload: { content, ...more },
  })
const resolve = (conversationId: number) =>
  api.call(api.accounts[0], 'PATCH', `/conversations/${conversationId}`, {
    payload: { status: 'resolved' },
  })

test('looking at a page makes no contact and no conversation, the first message makes both', async () => {
  const before = await api.call(api.accounts[0], 'GET', '/contacts')
  const visitor = await widget.visitor()
  expect((await visitor.get('/conversations')).body).toMatchObject({ mode: 'one', data: [] })
  expect((await api.call(api.accounts[0], 'GET', '/contacts')).body).toEqual(before.body)

  const { status, body } = await visitor.begin('Olá, **tudo** bem?')
  expect(status).toBe(201)
  expect(body.message).toMatchObject({ direction: 'incoming', content: 'Olá, **tudo** bem?' })
  expect(body.message.tree[0].children[1]).toMatchObject({ type: 'strong' })
  const { body: seen } = await api.call(
    api.accounts[0],
    'GET',
    `/conversations/${body.conversation.id}`,
  )
  expect(seen).toMatchObject({ inbox_id: widget.inboxId, status: 'open', message_count: 1 })
})

test('a message that is sent again is one message, also the one that began the conversation', async () => {
  const visitor = await widget.visitor()
  const message = { id: crypto.randomUUID(), content: 'once' }
  const [first, again] = await Promise.all([
    visitor.post('/conversations', { message }),
    visitor.post('/conversations', { message }),
  ])
  expect([first.status, again.status]).toEqual([201, 201])
  expect(again.body.message.id).toBe(first.body.message.id)
  const { id } = first.body.conversation
  const more = { id: crypto.randomUUID(), content: 'more' }
  await visitor.post(`/conversations/${id}/messages`, more)
  await visitor.post(`/conversations/${id}/messages`, more)
  const { body } = await visitor.get(`/conversations/${id}/messages`)
  expect(body.data.map(({ content }: { content: string }) => content)).toEqual(['more', 'once'])
})

test('answers are there at once, with their author, and private notes never are', async () => {
  const visitor = await widget.visitor()
  const { id } = (await visitor.begin('question')).body.conversation
  expect((await answer(id, 'note', { private: true })).status).toBe(201)
  const { status, body: sent } = await answer(id, 'answer')
  expect([status, sent.status]).toEqual([202, 'sent'])
  const { body } = await visitor.get(`/conversations/${id}/messages`)
  expect(body.data).toMatchObject([
    { content: 'answer', direction: 'outgoing', author: 'Ada' },
    { content: 'question', direction: 'incoming', author: null },
  ])
  expect((await visitor.get('/conversations')).body.data[0]).toMatchObject({ unread: 1 })
})

test('an answer is delivered and read when the widget says so, and never less again', async () => {
  const visitor = await widget.visitor()
  const { id } = (await visitor.begin('question')).body.conversation
  const { body: first } = await answer(id, 'one')
  const { body: second } = await answer(id, 'two')
  const receipt = (status: string, until: number) =>
    visitor.post(`/conversations/${id}/receipts`, { status, until })
  await receipt('delivered', second.id)
  await receipt('read', first.id)
  await receipt('delivered', second.id)
  const { body } = await api.call(api.accounts[0], 'GET', `/conversations/${id}/messages`)
  const statuses = body.data.map((one: { status: string }) => one.status)
  expect(statuses).toEqual(['delivered', 'read', 'received'])
})

test('a resolved conversation is read-only: the server refuses, and another may begin', async () => {
  const visitor = await widget.visitor()
  const { id } = (await visitor.begin('first')).body.conversation
  const goesOn = await visitor.begin('beside it')
  expect(goesOn).toMatchObject({ status: 409, body: { code: 'conversation_goes_on' } })
  expect(goesOn.body.details).toEqual({ conversation_id: id })
  await resolve(id)
  const message = { id: crypto.randomUUID(), content: 'late' }
  const refused = await visitor.post(`/conversations/${id}/messages`, message)
  expect(refused).toMatchObject({ status: 409, body: { code: 'conversation_resolved' } })
  expect((await visitor.get('/conversations')).body.data).toMatchObject([{ status: 'resolved' }])
  expect((await visitor.post(`/conversations/${id}/reopen`)).status).toBe(403)
  const second = await visitor.begin('second')
  expect(second.status).toBe(201)
  expect((await visitor.get('/conversations')).body.data).toMatchObject([
    { id: second.body.conversation.id },
  ])
})

test('of another visitor nothing is seen, guessed or written', async () => {
  const [one, other] = [await widget.visitor(), await widget.visitor()]
  const message = { id: crypto.randomUUID(), content: 'mine' }
  const { id } = (await one.post('/conversations', { message })).body.conversation
  const attempts = [
    other.get(`/conversations/${id}`),
    other.get(`/conversations/${id}/messages`),
    other.post(`/conversations/${id}/messages`, { id: crypto.randomUUID(), content: 'x' }),
    other.post(`/conversations/${id}/typing`),
    other.post(`/conversations/${id}/receipts`, { status: 'read', until: 1 }),
  ]
  for (const { status } of await Promise.all(attempts)) expect(status).toBe(404)
  const taken = await other.post('/conversations', { message })
  expect(taken).toMatchObject({ status: 409, body: { code: 'message_id_taken' } })
  expect((await other.get('/conversations')).body.data).toEqual([])
})

test('without a living session nothing answers, and ending one ends it everywhere', async () => {
  const visitor = await widget.visitor()
  expect((await visitor.remove('/session')).status).toBe(204)
  const { call, startSession } = widgetCalls(async (options) => {
    const reply = await api.app.inject(options)
    return { status: reply.statusCode, body: reply.json() }
  })
  for (const token of [undefined, 'ccv_unknown', visitor.token]) {
    const { status, body } = await call(token, 'GET', '/conversations')
    expect([status, body.code]).toEqual([401, 'session_unknown'])
  }
  const again = await startSession(widget.websiteToken, 'https://shop.example', visitor.token)
  expect(again.body.token).not.toBe(visitor.token)
  const living = await startSession(widget.websiteToken, 'https://shop.example', again.body.token)
  expect(living.body.token).toBe(again.body.token)
  const unknown = await startSession('nobodys', 'https://shop.example')
  expect(unknown).toMatchObject({ status: 404, body: { code: 'widget_not_found' } })
})

test('files go with a message, their type told by their bytes', async () => {
  const visitor = await widget.visitor()
  const form = new FormData()
  form.append('file', new Blob(['<script>alert(1)</script>'], { type: 'image/png' }), 'cat.png')
  const encoded = new Response(form)
  const upload = await api.app.inject({
    method: 'POST',
    url: '/api/v1/widget/uploads',
    headers: {
      authorization: `Bearer ${visitor.token}`,
      'content-type': encoded.headers.get('content-type')!,
    },
    payload: Buffer.from(await encoded.arrayBuffer()),
  })
  expect(upload.statusCode).toBe(201)
  const message = { id: crypto.randomUUID(), attachments: [upload.json().id] }
  const { status, body } = await visitor.post('/conversations', { message })
  expect(status).toBe(201)
  const [file] = body.message.attachments
  expect(file).toMatchObject({ file_name: 'cat.png', content_type: 'application/octet-stream' })
  const { pathname, search } = new URL(file.url)
  const download = await api.app.inject(pathname + search)
  expect(download.body).toBe('<script>alert(1)</script>')
  expect(download.headers['content-disposition']).toMatch(/^attachment/)
  const stranger = await widget.visitor()
  const stolen = { id: crypto.randomUUID(), attachments: [upload.json().id] }
  expect((await stranger.post('/conversations', { message: stolen })).status).toBe(404)
})

describe('domain validation', () => {
  const cases: [rules: string[], origin: string, allowed: boolean][] = [
    [[], 'https://anywhere.example', true],
    [['example.com'], 'https://example.com', true],
    [['example.com'], 'http://example.com:8080', true],
    [['example.com'], 'https://app.example.com', false],
    [['example.com'], 'https://example.com.evil.test', false],
    [['example.com'], 'https://notexample.com', false],
    [['*.example.com'], 'https://app.example.com', true],
    [['*.example.com'], 'https://a.b.example.com', true],
    [['*.example.com'], 'https://example.com', false],
    [['*.example.com'], 'https://example.com@evil.test', false],
    [['localhost'], 'http://localhost:5173', true],
    [['example.com'], 'null', false],
    [['example.com', 'null'], 'null', true],
    [['example.com'], 'capacitor://localhost', false],
    [['capacitor://localhost'], 'capacitor://localhost', true],
    [['example.com'], '', true],
  ]

  test('a session begins on pages of the list only, and the tester says the same and why', async () => {
    const { startSession } = widgetCalls(async (options) => {
      const reply = await api.app.inject(options)
      return { status: reply.statusCode, body: reply.json() }
    })
    const own = await connectWidget(api, api.accounts[0])
    const path = `/widgets/${own.inboxId}`
    for (const [domains, origin, allowed] of cases) {
      const changed = await api.call(api.accounts[0], 'PATCH', path, { payload: { domains } })
      expect(changed.status).toBe(200)
      const { status, body } = await startSession(own.websiteToken, origin)
      const what = `${domains} ${origin}`
      expect(status, what).toBe(allowed ? 200 : 403)
      if (!allowed) expect(body.code, what).toBe('domain_not_allowed')
      const tested = await api.call(api.accounts[0], 'POST', `${path}/test_origin`, {
        payload: { url: origin === '' ? '' : `${origin}` },
      })
      expect(tested.body.allowed, what).toBe(allowed)
    }
    const apex = await api.call(api.accounts[0], 'PATCH', path, {
      payload: { domains: ['*.example.com'] },
    })
    expect(apex.body.domains).toEqual(['*.example.com'])
    const { body } = await api.call(api.accounts[0], 'POST', `${path}/test_origin`, {
      payload: { url: 'https://example.com/page' },
    })
    expect(body).toMatchObject({ allowed: false, because: 'apex_not_covered' })
    const health = (await api.call(api.accounts[0], 'GET', `${path}/health`)).body
    const blocked = health.sightings.filter(
      ({ kind }: { kind: string }) => kind === 'origin_blocked',
    )
    expect(blocked.map(({ value }: { value: string }) => value)).toContain('https://notexample.com')
    expect(health.last_ping_at).not.toBeNull()
  })

  test('what is no domain is refused, naming the line', async () => {
    const path = `/widgets/${widget.inboxId}`
    for (const wrong of ['exa mple.com', '*.*.example.com', 'a*.example.com', '*', '-a.example']) {
      const { status, body } = await api.call(api.accounts[0], 'PATCH', path, {
        payload: { domains: ['example.com', wrong] },
      })
      expect([status, body.details?.fields[0].field], wrong).toEqual([422, 'domains.1'])
    }
  })
})
