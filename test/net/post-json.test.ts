// The guarded POST: no private host, no redirect, no endless answer.
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { HostRefused } from '../../net/errors.ts'
import { postJson } from '../../net/post-json.ts'

const policy = { allowHosts: ['127.0.0.1'] }
const limits = { timeoutMs: 500, maxBytes: 100 }
const opened: (() => void)[] = []
afterEach(() => {
  for (const close of opened.splice(0)) close()
})

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  opened.push(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook?x=1`
}

test('posts JSON and returns status and text', async () => {
  const url = await serve((request, response) => {
    let body = ''
    request.on('data', (chunk) => {
      body += chunk
    })
    request.on('end', () =>
      response.writeHead(201).end(`${request.url} ${request.headers['x-sig']} ${body}`),
    )
  })
  const answer = await postJson(url, { a: 1 }, { 'x-sig': 's' }, policy, limits)
  expect(answer).toEqual({ status: 201, text: '/hook?x=1 s {"a":1}' })
})

test('a redirect is an answer, not a journey', async () => {
  const url = await serve((_, response) => {
    response.writeHead(302, { location: 'http://169.254.169.254/' }).end()
  })
  expect((await postJson(url, {}, {}, policy, limits)).status).toBe(302)
})

test('an endless answer is cut', async () => {
  const url = await serve((_, response) => {
    response.writeHead(200)
    const more = () => response.write('x'.repeat(50)) && !response.destroyed && setTimeout(more, 1)
    more()
  })
  expect((await postJson(url, {}, {}, policy, limits)).text).toHaveLength(100)
})

test('a silent server fails in time', async () => {
  const url = await serve(() => undefined)
  await expect(postJson(url, {}, {}, policy, limits)).rejects.toMatchObject({ code: 'ETIMEDOUT' })
})

test.each([
  'http://127.0.0.1/',
  'https://localhost/',
  'https://[::1]/',
  'https://user:pw@8.8.8.8/',
  'ftp://8.8.8.8/',
  'http://8.8.8.8/',
  'nonsense',
])('%s is refused', async (url) => {
  const sent = postJson(url, {}, {}, { allowHosts: [] }, limits)
  await expect(sent).rejects.toThrow(HostRefused)
})
