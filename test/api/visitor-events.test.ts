// News for visitors: in their order, each once, and only what is theirs.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { patchInbox } from '../../db/inboxes.ts'
import { waitFor } from '../support/wait-for.ts'
import { type ApiUnderTest, startApi } from './api-under-test.ts'
import type { Told } from './told.ts'
import { type Browser, connectWidget, type WidgetUnderTest } from './widget-under-test.ts'

let api: ApiUnderTest
let widget: WidgetUnderTest
let address: string
beforeAll(async () => {
  api = await startApi()
  address = await api.app.listen({ port: 0, host: '127.0.0.1' })
  widget = await connectWidget(api, api.accounts[0])
})
afterAll(() => api?.stop())

interface Heard {
  id: string | undefined
  event: string
  data: Told
}

/** A stream as the widget reads it. */
async function follow({ token }: Browser, after = 0) {
  const heard: Heard[] = []
  const stop = new AbortController()
  const reply = await fetch(`${address}/api/v1/widget/events?after=${after}`, {
    headers: { authorization: `Bearer ${token}` },
    signal: stop.signal,
  })
  let over = false
  const read = async () => {
    let text = ''
    for await (const chunk of reply.body!.pipeThrough(new TextDecoderStream())) {
      const blocks = (text + chunk).split('\n\n')
      text = blocks.pop()!
      for (const block of blocks) {
        const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1]
        const event = field('event')
        if (event) heard.push({ id: field('id'), event, data: JSON.parse(field('data')!) })
      }
    }
  }
  void read()
    .catch(() => {})
    .finally(() => {
      over = true
    })
  return { heard, stop: () => stop.abort(), isOver: () => over }
}

const answer = async (conversationId: number, content: string, more: object = {}) => {
  const path = `/conversations/${conversationId}/messages`
  const { body } = await api.call(api.accounts[0], 'POST', path, { payload: { content, ...more } })
  return body
}
const contents = (heard: Heard[]) =>
  heard.flatMap(({ event, data }) => (event === 'message' ? [data.message.content] : []))

test('answers are heard as they are written, notes and other visitors’ never', async () => {
  const [one, other] = [await widget.visitor(), await widget.visitor()]
  const { id } = (await one.begin('mine')).body.conversation
  const theirs = (await other.begin('theirs')).body.conversation
  const stream = await follow(one)
  await answer(id, 'note', { private: true })
  await answer(theirs.id, 'for the other')
  await answer(id, 'for you')
  await waitFor(() => stream.heard.length >= 2, { what: 'both events' })
  expect(contents(stream.heard)).toEqual(['mine', 'for you'])
  expect(stream.heard[1]!.data).toMatchObject({
    conversation: { id, unread: 1 },
    message: { author: 'Ada', direction: 'outgoing' },
  })
  stream.stop()
})

test('from any position on nothing is missing and nothing comes twice', async () => {
  const visitor = await widget.visitor()
  const { id } = (await visitor.begin('0')).body.conversation
  for (let at = 1; at < 12; at++) await answer(id, String(at))
  const whole = await follow(visitor)
  await waitFor(() => whole.heard.length === 12, { what: 'all of them' })
  const ids = whole.heard.map((one) => Number(one.id))
  expect(ids).toEqual(Array.from({ length: 12 }, (_, at) => at + 1))
  const rest = await follow(visitor, 7)
  await answer(id, '12')
  await waitFor(() => rest.heard.length === 6, { what: 'the rest' })
  expect(contents(rest.heard)).toEqual(['7', '8', '9', '10', '11', '12'])
  whole.stop()
  rest.stop()
})

test('numbers follow the order of commits, also when an earlier writer commits late', async () => {
  const visitor = await widget.visitor()
  const { id } = (await visitor.begin('first')).body.conversation
  const stream = await follow(visitor)
  await waitFor(() => stream.heard.length === 1, { what: 'the first' })
  await Promise.all(Array.from({ length: 20 }, (_, at) => answer(id, `answer ${at}`)))
  await waitFor(() => stream.heard.length === 21, { what: 'all of them' })
  expect(stream.heard.map((one) => Number(one.id))).toEqual(
    Array.from({ length: 21 }, (_, at) => at + 1),
  )
  expect(new Set(contents(stream.heard)).size).toBe(21)
  stream.stop()
})

test('resolving is heard, and so is somebody who types', async () => {
  const visitor = await widget.visitor()
  const { id } = (await visitor.begin('hi')).body.conversation
  const stream = await follow(visitor)
  await api.call(api.accounts[0], 'POST', `/conversations/${id}/typing`)
  await waitFor(() => stream.heard.some(({ event }) => event === 'typing'), { what: 'typing' })
  await api.call(api.accounts[0], 'PATCH', `/conversations/${id}`, {
    payload: { status: 'resolved' },
  })
  const resolved = await waitFor(() => stream.heard.find(({ event }) => event === 'conversation'), {
    what: 'the conversation',
  })
  expect(resolved.data.conversation).toMatchObject({ id, status: 'resolved' })
  stream.stop()
})

test('whoever only shares a contact does not hear who is typing to the other', async () => {
  const named = { contact: { email: 'shared@a.example' } }
  const [one, other] = [await widget.visitor(), await widget.visitor()]
  const { feed_id, conversation } = (await one.begin('mine', named)).body
  const theirs = (await other.begin('theirs', named)).body
  expect(theirs.feed_id).toBe(feed_id)
  const stream = await follow(one)
  for (const { id } of [theirs.conversation, conversation]) {
    await api.call(api.accounts[0], 'POST', `/conversations/${id}/typing`)
  }
  const typing = () => stream.heard.filter(({ event }) => event === 'typing')
  await waitFor(() => typing().length > 0, { what: 'typing' })
  expect(typing().map(({ data }) => data.conversation_id)).toEqual([conversation.id])
  stream.stop()
})

test('one question after another hears the same', async () => {
  const visitor = await widget.visitor()
  const { id } = (await visitor.begin('hi')).body.conversation
  const first = (await visitor.get('/news?after=0')).body
  expect(first).toMatchObject({ position: 1, events: [{ kind: 'message' }] })
  const waiting = visitor.get(`/news?after=${first.position}`)
  await answer(id, 'later')
  expect((await waiting).body.events[0].data.message.content).toBe('later')
})

test('a session that is over ends its stream', async () => {
  const visitor = await widget.visitor()
  await visitor.begin('hi')
  const stream = await follow(visitor)
  await waitFor(() => stream.heard.length === 1, { what: 'the stream is open' })
  await visitor.remove('/session')
  await waitFor(stream.isOver, { what: 'its end' })
})

test('a stream ends with its inbox', async () => {
  const visitor = await widget.visitor()
  await visitor.begin('hi')
  const stream = await follow(visitor)
  await waitFor(() => stream.heard.length === 1, { what: 'the stream is open' })
  await patchInbox(api.db, api.accounts[0].accountId, widget.inboxId, { phase: 'disconnected' })
  await waitFor(stream.isOver, { what: 'its end' })
})
