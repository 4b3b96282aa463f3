// The golden copies: the OpenAPI document and the table of routes change only on purpose.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ApiUnderTest, startApi } from './api-under-test.ts'

let api: ApiUnderTest
beforeAll(async () => {
  api = await startApi()
})
afterAll(() => api.stop())

const golden = join(import.meta.dirname, '../../api/openapi.json')

test('api/openapi.json is what the API serves (node scripts/write-openapi.ts)', async () => {
  const served = (await api.app.inject('/openapi.json')).json()
  expect(served).toEqual(JSON.parse(readFileSync(golden, 'utf8')))
  expect(served.openapi).toBe('3.1.0')
})

test('the table of routes is the golden one', async () => {
  const { paths } = JSON.parse(readFileSync(golden, 'utf8')) as {
    paths: Record<string, Record<string, unknown>>
  }
  const table = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase().padEnd(6)} ${path}`),
  )
  await expect(`${table.sort().join('\n')}\n`).toMatchFileSnapshot('routes.golden.txt')
})

test('every operation says what it is for and what its errors look like', () => {
  const { paths } = JSON.parse(readFileSync(golden, 'utf8'))
  for (const [path, methods] of Object.entries<Record<string, { summary?: string }>>(paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      expect(operation.summary, `${method} ${path}`).toMatch(/\S/)
    }
  }
})

test('the documentation is a page that can be browsed', async () => {
  const reply = await api.app.inject('/docs/')
  expect(reply.statusCode).toBe(200)
  expect(reply.headers['content-type']).toContain('text/html')
})
