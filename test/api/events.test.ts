// Event streams: without a gap, once each, for as long as the key opens anything, from one reader.
import type { KyselyPlugin } from 'kysely'
import { pino } from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { hashKey } from '../../api/auth.ts'
import { createEventFeed, type Listener } from '../../api/event-feed.ts'
import { addAccountEvents } from '../../db/account-events.ts'
import { findCallerByKeyHash } from '../../db/api-keys.ts'
import { waitFor } from '../support/wait-for.ts'
import { type ApiUnderTest, emailForm, startApi, type TestAccount } from './api-under-test.ts'

let api: ApiUnderTest
let address: string
beforeAll(async () => {
  api = await startApi()
  address = await api.app.listen({ port: 0, host: '127.0.0.1' })
})
afterAll(() => api?.stop())

const tell = (accountId: number, number: number, more = {}) =>
  addAccountEvents(api.db, accountId, [{ kind: 'test', data: { number, ...more } }])

/** An open stream, what it has said, and its end. */
async function listen(account: TestAccount, key = account.key, lastEventId?: string) {
  const reply = await fetch(`${address}/api/v1/accounts/${account.accountId}/events`, {
    headers: { api_access_token: key, ...(lastEventId ? { 'last-event-id': lastEventId } : {}) },
  })
  const stream = {
    status: reply.status,
    text: '',
    ended: false,
    numbers: () =>
      [...stream.text.matchAll(/"number": ?(\d+)/g)].map(([, number]) => Number(number)),
    lastId: () => [...stream.text.matchAll(/^id: (.*)$/gm)].at(-1)?.[1],
    cancel: () => reader.cancel(),
  }
  const reader = reply.body!.pipeThrough(new TextDecoderStream()).getReader()
  void (async () => {
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      stream.text += part.value
    }
    stream.ended = true
  })()
  return stream
}

test('a reader who comes back with Last-Event-ID misses nothing and hears nothing twice', async () => {
  const [one, two] = api.accounts
  const first = await listen(one)
  for (let number = 1; number <= 3; number++) await tell(one.accountId, number)
  await tell(two.accountId, 100)
  await waitFor(() => first.numbers().includes(3), { what: 'the third' })
  await first.cancel()
  for (let number = 4; number <= 300; number++) await tell(one.accountId, number)
  const second = await listen(one, one.key, first.lastId())
  await tell(one.accountId, 301)
  await waitFor(() => second.numbers().includes(301), { what: 'the last' })
  const all = [...first.numbers(), ...second.numbers()]
  expect(all).toEqual(Array.from({ length: 301 }, (_, at) => at + 1))
})

test('an event of a transaction that commits late is told, in its place among the later ones', async () => {
  const [one] = api.accounts
  const { feed, asked } = countedFeed()
  const heard: unknown[] = []
  const listener = await listenerOf(one, (events) => {
    heard.push(...events.map(({ data }) => (data as { number: number }).number))
  })
  const leave = await feed.join(listener, undefined)
  const begun = Promise.withResolvers<void>()
  const commit = Promise.withResolvers<void>()
  const late = api.db.transaction().execute(async (trx) => {
    await addAccountEvents(trx, one.accountId, [{ kind: 'test', data: { number: 901 } }])
    begun.resolve()
    await commit.promise
  })
  await begun.promise
  await tell(one.accountId, 902)
  const looked = asked.now
  await waitFor(() => asked.now >= looked + 2, { what: 'a look while it is open' })
  expect(heard).toEqual([])
  commit.resolve()
  await late
  await waitFor(() => heard.length > 0, { what: 'both' })
  expect(heard).toEqual([901, 902])
  leave()
})

test('revoking the key and removing its user end the stream', async () => {
  const [one] = api.accounts
  const make = async (payload: object) =>
    (await api.call(one, 'POST', '/api_keys', { payload: { name: 'n', ...payload } })).body
  const agent = await api.call(one, 'POST', '/agents', {
    payload: { name: 'Eva', email: 'eva@example.com', role: 'agent' },
  })
  const revoked = await make({ role: 'agent' })
  const removed = await make({ role: 'agent', user_id: agent.body.id })
  const streams = [await listen(one, revoked.key), await listen(one, removed.key)]
  const stays = await listen(one)
  expect(streams.map(({ status }) => status)).toEqual([200, 200])
  await api.call(one, 'DELETE', `/api_keys/${revoked.id}`)
  await waitFor(() => streams[0]!.ended, { what: 'the end of the revoked' })
  await api.call(one, 'DELETE', `/agents/${agent.body.id}`)
  await waitFor(() => streams[1]!.ended, { what: 'the end of the removed' })
  await tell(one.accountId, 1000)
  await waitFor(() => stays.numbers().includes(1000), { what: 'news for the others' })
  expect(streams.map((stream) => stream.numbers())).toEqual([[], []])
  await stays.cancel()
})

test('a stream is of its account, its user and the inboxes of its key', async () => {
  const [one, two] = api.accounts
  const other = await listen(two)
  const agent = await listen(one, await api.keyOf(one, 'agent', [7]))
  await tell(one.accountId, 1, { inbox_id: 7 })
  await tell(one.accountId, 2, { inbox_id: 8 })
  await tell(one.accountId, 3, { inbox_id: 7, user_id: one.adminId + 1 })
  await tell(one.accountId, 4, { inbox_id: 7, user_id: one.adminId })
  await tell(two.accountId, 5)
  await waitFor(() => agent.numbers().includes(4) && other.numbers().includes(5), { what: 'both' })
  expect(agent.numbers()).toEqual([1, 4])
  expect(other.numbers()).toEqual([5])
  await Promise.all([agent.cancel(), other.cancel()])
})

test('an open stream follows the rights of its key from one moment to the next', async () => {
  const [one] = api.accounts
  const { body: bia } = await api.call(one, 'POST', '/agents', {
    payload: { name: 'Bia', email: 'bia@example.com', role: 'administrator' },
  })
  const { body: made } = await api.call(one, 'POST', '/api_keys', {
    payload: { name: 'n', role: 'administrator', user_id: bia.id },
  })
  const { body: inbox } = await api.call(one, 'POST', '/inboxes', {
    payload: emailForm('stream@example.com'),
  })
  const members = `/inboxes/${inbox.id}/members`
  const join = () => api.call(one, 'POST', members, { payload: { agent_ids: [bia.id] } })
  const stream = await listen(one, made.key)
  const witness = await listen(one)
  /** Returns when whoever is to hear of it has been told. */
  async function happens(number: number, inbox_id = inbox.id): Promise<void> {
    await tell(one.accountId, number, { inbox_id })
    await waitFor(() => witness.numbers().includes(number), { what: 'the witness to hear' })
  }
  await happens(1)
  await api.call(one, 'PATCH', `/agents/${bia.id}`, { payload: { role: 'agent' } })
  await happens(2)
  await join()
  await happens(3)
  await happens(4, inbox.id + 1)
  await api.call(one, 'DELETE', `${members}/${bia.id}`)
  await happens(5)
  await join()
  await happens(6)
  await waitFor(() => stream.numbers().includes(6), { what: 'the last' })
  expect(stream.numbers()).toEqual([1, 3, 6])
  await Promise.all([stream.cancel(), witness.cancel()])
})

test('fifty streams cost Postgres what one costs', async () => {
  const [one] = api.accounts
  const { feed, asked } = countedFeed()
  const heard: unknown[] = []
  const listener = await listenerOf(one, (events) => heard.push(...events))
  const leaving = await Promise.all(
    Array.from({ length: 50 }, () => feed.join(listener, undefined)),
  )
  await tell(one.accountId, 1)
  await waitFor(() => heard.length >= 50, { what: 'everybody to have heard' })
  for (const leave of leaving) leave()
  expect(heard).toHaveLength(50)
  // Beside the horizon a look asks for living keys and for events, once.
  expect(asked.other).toBeLessThanOrEqual(2 * asked.now + 1)
})

/** A feed, and how often it asked Postgres for its horizon and for other things. */
function countedFeed() {
  const asked = { now: 0, other: 0 }
  const counting: KyselyPlugin = {
    transformQuery: ({ node }) => {
      asked[JSON.stringify(node).includes('pg_snapshot_xmin') ? 'now' : 'other'] += 1
      return node
    },
    transformResult: async ({ result }) => result,
  }
  const db = api.db.withPlugin(counting)
  return { feed: createEventFeed(db, pino({ level: 'silent' })), asked }
}

async function listenerOf({ key }: TestAccount, hear: Listener['hear']): Promise<Listener> {
  const caller = await findCallerByKeyHash(api.db, hashKey(key))
  return { caller: caller!, hear, end: () => {} }
}
