import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ApiUnderTest, startApi } from './api-under-test.ts'
import { furnish, type Things } from './tenant.ts'

let api: ApiUnderTest
let things: Things
beforeAll(async () => {
  api = await startApi()
  things = await furnish(api, api.accounts[0], 'own')
})
afterAll(() => api?.stop())

const call = (method: string, path: string, payload?: object) =>
  api.call(api.accounts[0], method, path, payload === undefined ? {} : { payload })

test('a team is made, filled, given a conversation and removed; the conversation stays', async () => {
  const { body: team, status } = await call('POST', '/teams', { name: ' Billing ' })
  expect([status, team.name]).toEqual([201, 'Billing'])
  expect((await call('POST', '/teams', { name: 'BILLING' })).body.code).toBe('name_taken')
  const members = await call('PUT', `/teams/${team.id}/members`, { agent_ids: [things.agents] })
  expect(members.body.data).toMatchObject([{ id: things.agents, name: 'own' }])
  const conversation = `/conversations/${things.conversations}`
  expect((await call('PATCH', conversation, { team_id: team.id })).body.team_id).toBe(team.id)
  const ofTeam = await call('GET', `/conversations?team_id=${team.id}`)
  expect(ofTeam.body.data).toMatchObject([{ id: things.conversations }])
  expect((await call('DELETE', `/agents/${things.agents}`)).status).toBe(204)
  expect((await call('GET', `/teams/${team.id}/members`)).body.data).toEqual([])
  expect((await call('DELETE', `/teams/${team.id}`)).status).toBe(204)
  expect((await call('GET', conversation)).body.team_id).toBeNull()
})

test('values of custom attributes are merged, by key and type, and refused by name', async () => {
  const define = (definition: object) => call('POST', '/custom_attribute_definitions', definition)
  const orders = { target: 'contact', key: 'orders', name: 'Orders', type: 'number' }
  expect((await define(orders)).status).toBe(201)
  expect((await define(orders)).body.code).toBe('name_taken')
  expect((await define({ ...orders, target: 'conversation' })).status).toBe(201)
  const noOptions = await define({ ...orders, key: 'tier', type: 'list' })
  expect(noOptions.body.details.fields).toMatchObject([{ field: 'options', reason: 'missing' }])

  const contact = `/contacts/${things.contacts}`
  const change = (custom_attributes: object) => call('PATCH', contact, { custom_attributes })
  expect((await change({ orders: '3', plan: 'gold' })).body.custom_attributes).toEqual({
    orders: 3,
    plan: 'gold',
  })
  expect((await change({ orders: null })).body.custom_attributes).toEqual({ plan: 'gold' })
  const refused = await change({ orders: 'many', nothing: 1, plan: 'silver' })
  expect(refused.status).toBe(400)
  expect(refused.body.details.fields).toMatchObject([
    { field: 'custom_attributes.orders', reason: 'not_a_number_value' },
    { field: 'custom_attributes.nothing', reason: 'unknown_attribute' },
  ])
  expect((await call('GET', contact)).body.custom_attributes).toEqual({ plan: 'gold' })
  const conversation = await call('PATCH', `/conversations/${things.conversations}`, {
    custom_attributes: { orders: 7 },
  })
  expect(conversation.body.custom_attributes).toEqual({ orders: 7 })
})
