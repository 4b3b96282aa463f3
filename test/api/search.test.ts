// Conversations found by words: of their messages, subject, contact and number.
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { inTransaction } from '../../db/client.ts'
import { writeSomeWords } from '../../db/message-words.ts'
import { contactsOf } from '../../messaging/inbound-contacts.ts'
import { writeNames } from '../../messaging/write-names.ts'
import { type ApiUnderTest, emailForm, startApi, type TestAccount } from './api-under-test.ts'

let api: ApiUnderTest
let support: number
let sales: number
beforeAll(async () => {
  api = await startApi()
  support = await inbox('support@example.com')
  sales = await inbox('sales@example.com')
})
afterAll(() => api?.stop())

async function inbox(address: string, account = api.accounts[0]): Promise<number> {
  return (await api.call(account, 'POST', '/inboxes', { payload: emailForm(address) })).body.id
}

interface Talk {
  says: string[]
  inboxId?: number
  account?: TestAccount
  subject?: string
  name?: string
  email?: string
  at?: Date
  contactId?: number
}

let displayId = 0

/** A conversation with answers, found from now on. */
async function talk({ says, account = api.accounts[0], ...more }: Talk): Promise<number> {
  const account_id = account.accountId
  const contact = more.contactId
    ? { id: more.contactId }
    : await api.db
        .insertInto('contacts')
        .values({ account_id, name: more.name ?? 'Bia', email: more.email ?? null })
        .returning('id')
        .executeTakeFirstOrThrow()
  const at = more.at ?? new Date()
  const { id } = await api.db
    .insertInto('conversations')
    .values({
      account_id,
      display_id: 5000 + ++displayId,
      inbox_id: more.inboxId ?? support,
      contact_id: contact.id,
      subject: more.subject ?? '',
      first_message_at: at,
      last_message_at: at,
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  for (const content of says) {
    const path = `/conversations/${id}/messages`
    await api.call(account, 'POST', path, { payload: { content, private: true } })
  }
  await writeWords()
  return id
}

async function writeWords(): Promise<void> {
  while ((await writeSomeWords(api.db)) > 0);
}

async function found(search: string, more = '', key?: string): Promise<number[]> {
  const path = `/conversations?search=${encodeURIComponent(search)}${more}`
  const headers = key === undefined ? {} : { headers: { api_access_token: key } }
  const { status, body } = await api.call(api.accounts[0], 'GET', path, headers)
  expect(status, JSON.stringify(body)).toBe(200)
  return body.data.map(({ id }: { id: number }) => id)
}

test.each([
  ['Preciso da devolução do valor', ['devolucao', 'DEVOLUÇÃO', 'devoluções', 'devolucoes']],
  ['As devoluções demoram', ['devolução', 'devolucao']],
  ['Meus pedidos chegaram', ['pedido', 'pedidos', 'chegaram pedido', 'Pedido chegou?']],
  ['Where are my orders?', ['order', 'ORDERS']],
  ['Código ABC-991x', ['abc-991x', 'codigo']],
])('“%s” is found whatever the accents, the case and the number', async (content, searches) => {
  const id = await talk({ says: [content] })
  const missing = []
  for (const search of searches) if (!(await found(search)).includes(id)) missing.push(search)
  expect(missing).toEqual([])
  expect(await found(`${searches[0]} hipopótamo`)).toEqual([])
})

test('subject, name, address, its parts and the number of a conversation lead to it', async () => {
  const id = await talk({
    says: ['Obrigada'],
    subject: 'Nota fiscal',
    name: 'Márcia Ipê',
    email: 'm.ipe@padaria.example',
  })
  const { body } = await api.call(api.accounts[0], 'GET', `/conversations/${id}`)
  const searches = ['nota fiscal', 'marcia ipe', 'm.ipe@padaria.example', 'padaria', 'obrigada ipe']
  for (const search of [...searches, `#${body.display_id}`, `${body.display_id}`]) {
    expect(await found(search), search).toEqual([id])
  }
  expect(await found('padaria ausente')).toEqual([])
  expect(await found('!!')).toEqual([])
})

test('pages of what is found come newest first, and other filters count as well', async () => {
  const hour = (n: number) => new Date(Date.UTC(2026, 0, 1, n))
  const ids = []
  for (let n = 0; n < 5; n++) {
    const inboxId = n === 2 ? sales : support
    ids.push(await talk({ says: ['girafa'], at: hour(n), inboxId }))
  }
  await api.db
    .updateTable('conversations')
    .set({ last_message_at: hour(9) })
    .where('id', '=', ids[0]!)
    .execute()
  const seen: number[] = []
  for (let cursor = ''; ; ) {
    const path = `/conversations?search=girafas&limit=2${cursor}`
    const { body } = await api.call(api.accounts[0], 'GET', path)
    seen.push(...body.data.map(({ id }: { id: number }) => id))
    if (body.next_cursor === null) break
    cursor = `&cursor=${body.next_cursor}`
  }
  expect(new Set(seen)).toEqual(new Set(ids))
  expect(seen).toHaveLength(5)
  expect(await found('girafa', `&inbox_id=${sales}`)).toEqual([ids[2]])
})

test('nobody finds what is in an inbox or an account of others', async () => {
  const mine = await talk({ says: ['rinoceronte'] })
  const theirs = await talk({ says: ['rinoceronte'], inboxId: sales })
  const other = api.accounts[1]
  const elsewhere = await inbox('other@example.org', other)
  await talk({ says: ['rinoceronte'], account: other, inboxId: elsewhere })
  expect((await found('rinoceronte')).sort()).toEqual([mine, theirs].sort())
  const key = await api.keyOf(api.accounts[0], 'agent', [support])
  expect(await found('rinoceronte', '', key)).toEqual([mine])
})

test('a conversation is found by the name that its contact gets later', async () => {
  const { accountId } = api.accounts[0]
  const point = { kind: 'instagram', value: '178400001', name: '178400001' }
  const contact = await inTransaction(api.db, (trx) => contactsOf(trx, accountId, [point]))
  const id = await talk({ says: ['bom dia'], contactId: [...contact.values()][0]! })
  expect(await found('Quitéria')).toEqual([])
  await inTransaction(api.db, (trx) =>
    writeNames(trx, accountId, [{ ...point, name: 'Quitéria Prado' }]),
  )
  await writeWords()
  expect(await found('quiteria')).toEqual([id])
})

test('words that are owed are written once, and go with their message', async () => {
  const id = await talk({ says: ['ornitorrinco'] })
  expect(await writeSomeWords(api.db)).toBe(0)
  const message = await api.db
    .selectFrom('messages')
    .select('id')
    .where('conversation_id', '=', id)
    .executeTakeFirstOrThrow()
  await api.db.deleteFrom('messages').where('id', '=', message.id).execute()
  const left = await api.db
    .selectFrom('message_words')
    .select('message_id')
    .where('message_id', '=', message.id)
    .execute()
  expect(left).toEqual([])
  expect(await found('ornitorrinco')).toEqual([])
})

test('a text with more words than a person writes is found by its beginning', async () => {
  const words = Array.from({ length: 16_000 }, (_, at) => `palavra${at}`).join(' ')
  const id = await talk({ says: [`capivara ${words.slice(0, 149_000)}`] })
  expect(await found('capivara palavra77')).toEqual([id])
})

test('a word of tens of thousands of messages is found from the newest conversation on', async () => {
  const ids: number[] = []
  for (let n = 0; n < 30; n++) {
    const at = new Date(Date.UTC(2026, 1, 1, 0, n))
    ids.unshift(await talk({ says: [], inboxId: n % 2 ? support : sales, at }))
  }
  await sql`
    with written as (
      insert into messages (account_id, conversation_id, inbox_id, direction, origin, status, sent_at)
      select c.account_id, c.id, c.inbox_id, 'incoming', 'history', 'received', c.last_message_at
      from conversations c, generate_series(1, 700) where c.id = any(${ids}::bigint[])
      returning account_id, id
    )
    insert into message_words (account_id, message_id, words)
    select account_id, id, to_tsvector('search_portuguese', 'saudações') from written`.execute(
    api.db,
  )
  const seen: number[] = []
  for (let cursor = ''; ; ) {
    const path = `/conversations?search=saudacoes&limit=12${cursor}`
    const { body } = await api.call(api.accounts[0], 'GET', path)
    seen.push(...body.data.map(({ id }: { id: number }) => id))
    if (body.next_cursor === null) break
    cursor = `&cursor=${body.next_cursor}`
  }
  expect(seen).toEqual(ids)
  const key = await api.keyOf(api.accounts[0], 'agent', [sales])
  expect(await found('saudação', '&limit=5', key)).toEqual(
    ids.filter((_, at) => at % 2).slice(0, 5),
  )
})
