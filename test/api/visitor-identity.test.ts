// Who a visitor is: what a page may claim, what a back end proves, and what either opens.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { identityHash } from '../../channels/widget/index.ts'
import { type ApiUnderTest, startApi } from './api-under-test.ts'
import { type Browser, connectWidget, type WidgetUnderTest } from './widget-under-test.ts'

let api: ApiUnderTest
/** Proves who it can, and lets others in. */
let widget: WidgetUnderTest
let token: string
beforeAll(async () => {
  api = await startApi()
  widget = await connectWidget(api, api.accounts[0], {
    identity_validation: 'optional',
    multiple_conversations: true,
  })
  token = (await admin('POST', '/identity_tokens')).body.token
  for (const [key, type] of [
    ['plano', 'text'],
    ['logins', 'number'],
  ]) {
    await api.call(api.accounts[0], 'POST', '/custom_attribute_definitions', {
      payload: { target: 'contact', key, name: key, type },
    })
  }
})
afterAll(() => api?.stop())

const admin = (method: string, path: string, payload?: object, inboxId = widget.inboxId) =>
  api.call(api.accounts[0], method, `/widgets/${inboxId}${path}`, payload ? { payload } : {})

const contactOf = async (browser: Browser) => {
  const { body } = await browser.begin('hello')
  const { contact_id } = (
    await api.call(api.accounts[0], 'GET', `/conversations/${body.conversation.id}`)
  ).body
  return (await api.call(api.accounts[0], 'GET', `/contacts/${contact_id}`)).body
}

const proved = (identifier: string | number, more: object = {}) => ({
  identifier: String(identifier),
  identifier_hash: identityHash(token, String(identifier)),
  ...more,
})

test('what a page tells is the contact’s, and the newest word counts', async () => {
  const first = await widget.visitor()
  const told = {
    email: 'joao@a.example',
    name: 'João da Silva',
    phone_number: '+55 (11) 99999-9999',
  }
  expect((await first.put('/contact', { identifier: 'joao', ...told })).body).toMatchObject({
    status: 'unverified',
    code: 'identity_not_proved',
  })
  const contact = await contactOf(first)
  expect(contact).toMatchObject({
    name: 'João da Silva',
    email: 'joao@a.example',
    phone_number: '+5511999999999',
    identifier: 'joao',
  })
  const later = await widget.visitor()
  await later.put('/contact', { identifier: 'joao', email: 'novo@a.example', name: 'João' })
  expect(await contactOf(later)).toMatchObject({
    id: contact.id,
    name: 'João',
    email: 'novo@a.example',
    phone_number: '+5511999999999',
  })
})

test('a field that does not exist is left out silently, the others are kept', async () => {
  const visitor = await widget.visitor()
  await visitor.put('/contact', { identifier: 'campos', email: 'campos@a.example' })
  const custom_attributes = { plano: 'Premium', plna: 'typo', logins: '7', cnh: 'ABC' }
  expect((await visitor.patch('/contact', { custom_attributes })).status).toBe(204)
  expect((await contactOf(visitor)).custom_attributes).toEqual({ plano: 'Premium', logins: 7 })
  await visitor.patch('/contact', { custom_attributes: { plano: null } })
  const { body } = await api.call(api.accounts[0], 'GET', '/contacts?email=campos@a.example')
  expect(body.data[0].custom_attributes).toEqual({ logins: 7 })
})

test('without e-mail, phone or a hash nobody can be matched, and the page is told so', async () => {
  const visitor = await widget.visitor()
  for (const told of [{}, { email: 'no address' }, { phone_number: '0800' }, { name: 'Ana' }]) {
    const { body } = await visitor.put('/contact', { identifier: 'nobody', ...told })
    expect(body).toMatchObject({ status: 'rejected', code: 'contact_key_missing' })
    expect(body.hint).toMatch(/\S/)
  }
  expect((await visitor.put('/contact', proved('alone'))).body.status).toBe('verified')
})

test('two identifiers are two people, whatever address both name; the clash is on record', async () => {
  const [one, two] = [await widget.visitor(), await widget.visitor()]
  await one.put('/contact', { identifier: 'p1', email: 'shared@a.example' })
  const first = await contactOf(one)
  await two.put('/contact', { identifier: 'p2', email: 'shared@a.example' })
  const second = await contactOf(two)
  expect(second.id).not.toBe(first.id)
  const { body } = await admin('GET', '/health')
  expect(body.sightings).toContainEqual(
    expect.objectContaining({ kind: 'contact_clash', value: 'p2', warning: true }),
  )
})

test('one identifier for everybody is one contact, and the health panel warns of it', async () => {
  for (const name of ['ana', 'bia', 'caio', 'davi', 'eva']) {
    const visitor = await widget.visitor()
    await visitor.put('/contact', { identifier: 'static', email: `${name}@a.example` })
    await contactOf(visitor)
  }
  const { body } = await admin('GET', '/health')
  expect(body.sightings).toContainEqual(
    expect.objectContaining({ kind: 'address_changed', value: 'static', warning: true }),
  )
})

test('another identifier in the same session is refused: the widget begins a new one', async () => {
  const visitor = await widget.visitor()
  await visitor.put('/contact', { identifier: 'a', email: 'a@a.example' })
  const { status, body } = await visitor.put('/contact', { identifier: 'b', email: 'b@a.example' })
  expect([status, body.code]).toEqual([409, 'another_visitor'])
})

test('an unverified visitor with a victim’s e-mail sees and overwrites nothing', async () => {
  const victim = await widget.visitor()
  await victim.put('/contact', proved('victim', { email: 'victim@a.example', name: 'Victim' }))
  const contact = await contactOf(victim)
  for (const claim of [
    { identifier: 'victim', email: 'evil@a.example', name: 'Evil' },
    { identifier: 'evil', email: 'victim@a.example', name: 'Evil' },
  ]) {
    const evil = await widget.visitor()
    expect((await evil.put('/contact', claim)).body.status).toBe('unverified')
    expect((await evil.get('/conversations')).body.data).toEqual([])
    expect((await evil.get('/conversations/history')).status).toBe(403)
    const { id } = (await evil.begin('let me in')).body.conversation
    expect((await evil.get('/conversations')).body.data).toMatchObject([{ id }])
    const { body } = await api.call(api.accounts[0], 'GET', `/conversations/${id}/messages`)
    expect(body.data[0].content_attributes.visitor.verified).toBe(false)
  }
  const after = await api.call(api.accounts[0], 'GET', `/contacts/${contact.id}`)
  expect(after.body).toMatchObject({
    name: 'Victim',
    email: 'victim@a.example',
    identifier: 'victim',
  })
  // And what the impostor wrote is not put into the victim's mouth.
  expect((await victim.get('/conversations')).body.data).toHaveLength(1)
})

test('a mail’s sender is not taken over by who only types the address', async () => {
  const { db, accounts } = api
  const { accountId } = accounts[0]
  const { id } = await db
    .insertInto('contacts')
    .values({ account_id: accountId, name: 'Writer', email: 'writer@mail.example' })
    .returning('id')
    .executeTakeFirstOrThrow()
  await db
    .insertInto('contact_identities')
    .values({ account_id: accountId, kind: 'email', value: 'writer@mail.example', contact_id: id })
    .execute()
  const evil = await widget.visitor()
  await evil.put('/contact', { identifier: 'x', email: 'writer@mail.example', name: 'Evil' })
  expect(await contactOf(evil)).toMatchObject({ id, name: 'Writer', identifier: null })
})

describe('the hash', () => {
  test('of a number and of its text are the same; what is not the hash is refused', async () => {
    const good = identityHash(token, '12345')
    const cases: [identifier_hash: unknown, status: string, code: string][] = [
      [good, 'verified', 'identity_proved'],
      [good.toUpperCase(), 'verified', 'identity_proved'],
      [identityHash(token, '12346'), 'rejected', 'identifier_hash_wrong'],
      [identityHash('other token', '12345'), 'rejected', 'identifier_hash_wrong'],
      [good.slice(0, -1), 'rejected', 'identifier_hash_wrong'],
      ['nonsense', 'rejected', 'identifier_hash_wrong'],
      [{}, 'rejected', 'identifier_hash_wrong'],
      [null, 'unverified', 'identity_not_proved'],
    ]
    for (const [identifier_hash, status, code] of cases) {
      const visitor = await widget.visitor()
      const told = { identifier: '12345', identifier_hash, email: 'n@a.example' }
      const { body } = await visitor.put('/contact', told)
      expect(body, String(identifier_hash)).toMatchObject({ status, code })
    }
  })

  test('is wanted of everybody where the inbox says so', async () => {
    await admin('PATCH', '', { identity_validation: 'required' })
    const visitor = await widget.visitor()
    const missing = await visitor.put('/contact', { identifier: '1', email: 'x@a.example' })
    expect(missing.body).toMatchObject({ status: 'rejected', code: 'identifier_hash_missing' })
    expect((await visitor.put('/contact', proved('1'))).body.status).toBe('verified')
    await admin('PATCH', '', { identity_validation: 'optional' })
  })

  test('two tokens live at a time, so that a back end changes over without a gap', async () => {
    const own = await connectWidget(api, api.accounts[0], { identity_validation: 'optional' })
    const call = (method: string, path: string, payload?: object) =>
      admin(method, path, payload, own.inboxId)
    const old = (await call('POST', '/identity_tokens')).body
    const fresh = (await call('POST', '/identity_tokens')).body
    expect((await call('POST', '/identity_tokens')).body.code).toBe('identity_tokens_full')
    const status = async (by: string) => {
      const told = { identifier: '9', identifier_hash: identityHash(by, '9') }
      return (await (await own.visitor()).put('/contact', told)).body.status
    }
    expect([await status(old.token), await status(fresh.token)]).toEqual(['verified', 'verified'])
    expect((await call('DELETE', `/identity_tokens/${old.id}`)).status).toBe(204)
    expect([await status(old.token), await status(fresh.token)]).toEqual(['rejected', 'verified'])
    const { body: listed } = await call('GET', '/identity_tokens')
    expect(listed.data).toEqual([{ id: fresh.id, created_at: fresh.created_at }])
    expect(JSON.stringify(listed)).not.toContain(fresh.token)
    const tested = await call('POST', '/test_hash', {
      identifier: '9',
      identifier_hash: identityHash(fresh.token, '9'),
    })
    expect(tested.body).toEqual({ valid: true, token_id: fresh.id, because: 'valid' })
  })
})

describe('several conversations', () => {
  let visitor: Browser
  const ids: number[] = []
  const names: number[] = []
  beforeAll(async () => {
    visitor = await widget.visitor()
    await visitor.put('/contact', proved('several'))
    for (let at = 0; at < 13; at++) {
      const { conversation } = (await visitor.begin(`talk ${at}`)).body
      ids.push(conversation.id)
      names.push(conversation.display_id)
    }
    // Noon in São Paulo, a day apart each; the last two go on.
    for (const [at, id] of ids.slice(0, 11).entries()) {
      await api.db
        .updateTable('conversations')
        .set({ status: 'resolved', last_message_at: new Date(Date.UTC(2026, 2, 1 + at, 15)) })
        .where('id', '=', id)
        .execute()
    }
  })

  const history = async (query: string) => {
    const { status, body } = await visitor.get(`/conversations/history?${query}`)
    expect(status).toBe(200)
    const found = body.data.map(({ id }: { id: number }) => ids.indexOf(id))
    return { found, next: body.next_cursor as string | null }
  }

  test('are active or over, and the same for the user in another browser', async () => {
    const elsewhere = await widget.visitor()
    await elsewhere.put('/contact', proved('several'))
    for (const browser of [visitor, elsewhere]) {
      const { body } = await browser.get('/conversations')
      expect(body.mode).toBe('several')
      expect(body.data.map(({ id }: { id: number }) => ids.indexOf(id))).toEqual([12, 11])
    }
  })

  test('what is over comes five by five, newest first, until nothing is left', async () => {
    const first = await history('')
    expect(first.found).toEqual([10, 9, 8, 7, 6])
    const second = await history(`cursor=${first.next}`)
    expect(second.found).toEqual([5, 4, 3, 2, 1])
    expect(await history(`cursor=${second.next}`)).toEqual({ found: [0], next: null })
  })

  test('days, both included, and the ticket’s number filter alone and together', async () => {
    const zone = 'time_zone=America/Sao_Paulo'
    expect((await history(`${zone}&from=2026-03-10`)).found).toEqual([10, 9])
    expect((await history(`${zone}&until=2026-03-02`)).found).toEqual([1, 0])
    expect((await history(`${zone}&from=2026-03-04&until=2026-03-05`)).found).toEqual([4, 3])
    expect((await history(`ticket_id=${names[7]}`)).found).toEqual([7])
    expect((await history(`${zone}&ticket_id=${names[7]}&until=2026-03-02`)).found).toEqual([])
    const pages = await history(`${zone}&until=2026-03-08`)
    expect(pages.found).toEqual([7, 6, 5, 4, 3])
    expect((await history(`${zone}&until=2026-03-08&cursor=${pages.next}`)).found).toEqual([
      2, 1, 0,
    ])
  })

  test('a day is one of the visitor’s time zone', async () => {
    // 15:00 in UTC is the next day already in Kiribati.
    expect((await history('time_zone=Pacific/Kiritimati&from=2026-03-12')).found).toEqual([10])
    expect((await history('time_zone=UTC&from=2026-03-12')).found).toEqual([])
    for (const wrong of ['time_zone=Mars/Olympus', 'from=2026-02-30', 'from=x', 'ticket_id=x']) {
      expect((await visitor.get(`/conversations/history?${wrong}`)).status, wrong).toBe(400)
    }
  })

  test('one that is over can be read, opened again, and then goes on', async () => {
    const id = ids[0]!
    expect((await visitor.get(`/conversations/${id}/messages`)).body.data).toHaveLength(1)
    const reopened = await visitor.post(`/conversations/${id}/reopen`)
    expect(reopened).toMatchObject({ status: 200, body: { id, status: 'open' } })
    const message = { id: crypto.randomUUID(), content: 'again' }
    expect((await visitor.post(`/conversations/${id}/messages`, message)).status).toBe(201)
  })

  test('need identity validation, and without a valid hash there is no list and no history', async () => {
    const refused = await admin('PATCH', '', { identity_validation: 'off' })
    expect([refused.status, refused.body.details?.fields[0]]).toMatchObject([
      422,
      { field: 'multiple_conversations', reason: 'needs_identity_validation' },
    ])
    const anonymous = await widget.visitor()
    expect((await anonymous.get('/conversations')).body.mode).toBe('one')
    expect((await anonymous.get('/conversations/history')).status).toBe(403)
  })
})

test('what was written before the page said who it is belongs to that person', async () => {
  const visitor = await widget.visitor()
  const { id } = (await visitor.begin('before')).body.conversation
  await visitor.put('/contact', proved('late', { name: 'Late' }))
  const again = await widget.visitor()
  await again.put('/contact', proved('late'))
  expect((await again.get('/conversations')).body.data).toMatchObject([{ id }])
  const { contact_id } = (await api.call(api.accounts[0], 'GET', `/conversations/${id}`)).body
  const { body } = await api.call(api.accounts[0], 'GET', `/contacts/${contact_id}`)
  expect(body).toMatchObject({ name: 'Late', identifier: 'late' })
})

test('questions before the conversation fill contact and conversation; what is known is not asked', async () => {
  await api.call(api.accounts[0], 'POST', '/custom_attribute_definitions', {
    payload: { target: 'conversation', key: 'pedido', name: 'Pedido', type: 'text' },
  })
  const question = (attribute: string, target: string, required: boolean) => ({
    attribute,
    target,
    label: attribute,
    type: 'text',
    required,
  })
  const own = await connectWidget(api, api.accounts[0], {
    pre_chat_fields: [question('email', 'contact', true), question('pedido', 'conversation', true)],
  })
  const asked = ({ start }: Browser) =>
    start.widget.pre_chat_fields.map(({ attribute }: { attribute: string }) => attribute)
  const visitor = await own.visitor()
  expect(asked(visitor)).toEqual(['email', 'pedido'])
  const silent = await visitor.begin('hi')
  expect([silent.status, silent.body.details.fields[0].field]).toEqual([400, 'email'])
  const { body, status } = await visitor.begin('hi', {
    contact: { email: 'asked@a.example' },
    conversation: { custom_attributes: { pedido: '77', secret: 'x' } },
  })
  expect(status).toBe(201)
  const path = `/conversations/${body.conversation.id}`
  const seen = (await api.call(api.accounts[0], 'GET', path)).body
  expect(seen.custom_attributes).toEqual({ pedido: '77' })
  const contact = (await api.call(api.accounts[0], 'GET', `/contacts/${seen.contact_id}`)).body
  expect(contact.email).toBe('asked@a.example')
})
