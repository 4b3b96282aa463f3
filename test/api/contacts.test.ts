// Contacts, found by a part of what they are known by.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ApiUnderTest, emailForm, startApi, type TestAccount } from './api-under-test.ts'

let api: ApiUnderTest
beforeAll(async () => {
  api = await startApi()
})
afterAll(() => api?.stop())

interface Person {
  name?: string
  email?: string
  phone_number?: string
  identifier?: string
}

async function contact(person: Person, account: TestAccount = api.accounts[0]): Promise<number> {
  const { id } = await api.db
    .insertInto('contacts')
    .values({ account_id: account.accountId, ...person })
    .returning('id')
    .executeTakeFirstOrThrow()
  return id
}

async function found(search: string, key?: string): Promise<number[]> {
  const path = `/contacts?search=${encodeURIComponent(search)}`
  const headers = key === undefined ? {} : { headers: { api_access_token: key } }
  const { status, body } = await api.call(api.accounts[0], 'GET', path, headers)
  expect(status, JSON.stringify(body)).toBe(200)
  return body.data.map(({ id }: { id: number }) => id)
}

test('a part of name, address, number or identifier is enough, whatever the accents', async () => {
  const id = await contact({
    name: 'Márcia Conceição',
    email: 'marcia@Padaria.example',
    phone_number: '+5511987654321',
    identifier: 'cliente_42',
  })
  for (const search of ['conceicao', 'MÁRCIA', 'padaria.ex', '98765', 'cliente_4']) {
    expect(await found(search), search).toEqual([id])
  }
  expect(await found('conceição ausente')).toEqual([])
})

test('signs that mean something to the database are only signs', async () => {
  const id = await contact({ name: '100% Natural_ \\o/' })
  await contact({ name: '100 Naturais' })
  for (const search of ['100%', 'al_', '\\o/']) expect(await found(search), search).toEqual([id])
})

test('an agent finds whom its inboxes know, and nobody of another account is found', async () => {
  const [one, two] = api.accounts
  const known = await contact({ name: 'Zulmira' })
  await contact({ name: 'Zulmira' })
  await contact({ name: 'Zulmira' }, two)
  const made = await api.call(one, 'POST', '/inboxes', { payload: emailForm('a@example.com') })
  const now = new Date()
  await api.db
    .insertInto('conversations')
    .values({
      account_id: one.accountId,
      display_id: 1,
      inbox_id: made.body.id,
      contact_id: known,
      first_message_at: now,
      last_message_at: now,
    })
    .execute()
  expect(await found('zulmira')).toHaveLength(2)
  expect(await found('zulmira', await api.keyOf(one, 'agent', [made.body.id]))).toEqual([known])
})
