// Anybody may call the visitor's API: what one address may do in a minute, whatever it sends along.
import type { InjectOptions } from 'fastify'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { fileForm } from '../support/file-form.ts'
import { type ApiUnderTest, startApi } from './api-under-test.ts'
import { connectWidget, type WidgetUnderTest } from './widget-under-test.ts'

let api: ApiUnderTest
let widget: WidgetUnderTest
beforeAll(async () => {
  api = await startApi({ TRUSTED_PROXIES: '127.0.0.1' })
  widget = await connectWidget(api, api.accounts[0])
})
afterAll(() => api?.stop())

/** How many got each status; each comes with a key that nobody gave out. */
async function statuses(times: number, request: (at: number) => InjectOptions) {
  const counts: Record<number, number> = {}
  for (let at = 0; at < times; at++) {
    const { headers, ...rest } = request(at)
    const invented = { api_access_token: crypto.randomUUID() }
    const { statusCode } = await api.app.inject({ ...rest, headers: { ...invented, ...headers } })
    counts[statusCode] = (counts[statusCode] ?? 0) + 1
  }
  return counts
}
const unknownSession = () => ({ authorization: `Bearer ccv_${crypto.randomUUID()}` })

test('sessions are begun three hundred times, also with tokens of others', async () => {
  const begin = (address: string) => () => ({
    method: 'POST' as const,
    url: '/api/v1/widget/sessions',
    headers: { ...unknownSession(), 'x-forwarded-for': address },
    payload: { website_token: widget.websiteToken },
  })
  expect(await statuses(302, begin('203.0.113.7'))).toEqual({ 200: 300, 429: 2 })
  expect(await statuses(1, begin('203.0.113.8'))).toEqual({ 200: 1 })
})

test('of an IPv6 network all addresses are one', async () => {
  const begin = (at: number) => ({
    method: 'POST' as const,
    url: '/api/v1/widget/sessions',
    headers: { 'x-forwarded-for': `2001:db8::${at.toString(16)}` },
    payload: { website_token: 'none' },
  })
  expect((await statuses(301, begin))[429]).toBe(1)
})

test('sessions are guessed a hundred and twenty times', async () => {
  const guess = () => ({
    url: '/api/v1/widget/conversations',
    headers: { ...unknownSession(), 'x-forwarded-for': '203.0.113.9' },
  })
  expect(await statuses(121, guess)).toEqual({ 401: 120, 429: 1 })
})

test('files are uploaded sixty times, by however many sessions', async () => {
  const { payload, headers } = await fileForm('a file')
  const visitors = [await widget.visitor(), await widget.visitor()]
  const upload = (at: number) => ({
    method: 'POST' as const,
    url: '/api/v1/widget/uploads',
    headers: { ...headers, authorization: `Bearer ${visitors[at % 2]!.token}` },
    payload,
  })
  expect(await statuses(61, upload)).toEqual({ 201: 60, 429: 1 })
})
