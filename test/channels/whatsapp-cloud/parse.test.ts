// What each kind of WhatsApp webhook becomes: Meta's own examples, and those of coexistence.
import { expect, test } from 'vitest'
import type { DeliveredEvent } from '../../../channels/webhook.ts'
import { historyMessages, parseWhatsApp } from '../../../channels/whatsapp-cloud/parse.ts'
import { samples, wireBody } from '../../simulators/meta/webhook.ts'

const examples = samples('whatsapp-examples')
const coexistence = samples('coexistence')
const received = new Date('2026-11-25T12:00:00Z')
const NUMBER = '106540352242922'
const WABA = '102290129340398'

const partOf = (payload: unknown) => ({
  contentType: 'application/json',
  query: '',
  body: wireBody(payload),
})
const parse = (payload: unknown) => parseWhatsApp(partOf(payload), received)
function one(payload: unknown): DeliveredEvent {
  const [event, ...rest] = parse(payload)
  expect(rest).toEqual([])
  return event!
}
function messageOf(payload: unknown) {
  const { event } = one(payload)
  if (event.kind !== 'message') throw new Error(`not a message but ${event.kind}`)
  return event.message
}

test('every example of the official document is understood', () => {
  const kinds = Object.fromEntries(
    Object.entries(examples).map(([name, payload]) => [
      name,
      parse(payload).map(({ event }) => event.kind),
    ]),
  )
  const messages = Object.keys(examples).filter((name) => !/^Group|^Reaction/.test(name))
  for (const name of messages) expect([name, kinds[name]]).toEqual([name, ['message']])
  expect(kinds['Reaction Message']).toEqual(['change'])
  for (const name of Object.keys(examples).filter((key) => key.startsWith('Group'))) {
    expect(kinds[name]).toEqual(['unknown'])
  }
})

test('every webhook of coexistence is of its kind and for its number or account', () => {
  const { _note, ...payloads } = coexistence
  const kinds = Object.entries(payloads).map(([name, payload]) => {
    const { event, address } = one(payload)
    return [name, event.kind, address]
  })
  expect(kinds).toEqual([
    ['echo_text', 'message', NUMBER],
    ['echo_image', 'message', NUMBER],
    ['echo_revoke', 'change', NUMBER],
    ['echo_edit', 'change', NUMBER],
    ['user_revoke', 'change', NUMBER],
    ['user_edit', 'change', NUMBER],
    ['unsupported_131060', 'message', NUMBER],
    ['state_sync_add', 'contact', NUMBER],
    ['state_sync_remove', 'channel', NUMBER],
    ['history_chunk', 'history', NUMBER],
    ['history_media', 'message', NUMBER],
    ['history_declined', 'history', NUMBER],
    ['partner_removed', 'account', WABA],
    ['account_offboarded', 'account', WABA],
    ['account_reconnected', 'account', WABA],
    ['partner_app_uninstalled', 'account', WABA],
    ['status_sent', 'status', NUMBER],
    ['status_failed_131047', 'status', NUMBER],
    ['standby_echo', 'message', NUMBER],
    ['handover_control_passed', 'channel', WABA],
  ])
})

test('a text has its contact under both forms of the number, and its true time', () => {
  const payload = structuredClone(examples['Text Message'])
  const { value } = payload.entry[0].changes[0]
  value.messages[0].from = value.contacts[0].wa_id = '551187654321'
  expect(messageOf(payload)).toMatchObject({
    direction: 'incoming',
    contact: {
      kind: 'phone',
      value: '+551187654321',
      name: 'Sheena Nelson',
      aliases: [{ kind: 'phone', value: '+5511987654321' }],
    },
    references: ['contact +551187654321'],
    text: 'Does it come in another color?',
    sentAt: new Date(1749416383_000),
    automatic: false,
  })
})

test('somebody who shows no number is known by what stands for them', () => {
  const payload = structuredClone(examples['Text Message'])
  const { value } = payload.entry[0].changes[0]
  delete value.messages[0].from
  value.messages[0].from_user_id = 'US.13491208655302741918'
  delete value.contacts[0].wa_id
  expect(messageOf(payload).contact).toMatchObject({
    kind: 'whatsapp',
    value: 'US.13491208655302741918',
    name: 'Sheena Nelson',
  })
})

test('buttons, lists, forms, places, cards and media keep what they say', () => {
  const attributesOf = (name: string) => messageOf(examples[name]).attributes
  expect(attributesOf('Button Message')).toMatchObject({ button: { payload: 'Unsubscribe' } })
  expect(attributesOf('Interactive Button Reply Message')).toMatchObject({
    button: { id: 'cancel-button', title: 'Cancel' },
  })
  expect(attributesOf('Interactive List Reply Message')).toMatchObject({
    list_reply: { id: 'priority_express' },
  })
  expect(messageOf(examples['Location Message']).text).toMatch(/^Philz Coffee, 101 Forest/)
  expect(messageOf(examples['Contact Sharing Message']).text).toBe('Lucía Gómez')
  const [image] = messageOf(examples['Image Message']).attachments
  expect(image).toMatchObject({ part: '1003383421387256', contentType: 'image/jpeg' })
  expect(messageOf(examples['Image Message']).text).toBe('Taj Mahal')
})

test('a form that was filled in is a message with its fields', () => {
  const payload = structuredClone(examples['Interactive Button Reply Message'])
  const nfm_reply = { name: 'flow', body: 'Sent', response_json: '{"flow_token":"t","size":"M"}' }
  payload.entry[0].changes[0].value.messages[0].interactive = { type: 'nfm_reply', nfm_reply }
  expect(messageOf(payload)).toMatchObject({
    text: 'Sent',
    attributes: { form_reply: { flow_token: 't', size: 'M' } },
  })
  nfm_reply.response_json = 'not json'
  expect(messageOf(payload).attributes.form_reply).toEqual({ answer: 'not json' })
})

test('what only the phone can show is a placeholder that nothing answers', () => {
  expect(messageOf(coexistence.unsupported_131060)).toMatchObject({
    text: '',
    attributes: { unavailable: 'see_phone' },
    automatic: true,
  })
  expect(messageOf(examples['Unsupported Message']).attributes.unavailable).toBe('unsupported')
})

test('what the phone sent is outgoing, and corrected or taken back like the contact’s', () => {
  expect(messageOf(coexistence.echo_text)).toMatchObject({
    direction: 'outgoing',
    sentByAccount: true,
    contact: { value: '+16505551234' },
    attributes: { sent_from: 'phone' },
  })
  expect(one(coexistence.echo_revoke).event).toMatchObject({
    externalId: 'wamid.HBgLMTY1MDU1NTEyMzQVAgASGBQ000000000001AA==',
    change: { what: 'deleted' },
  })
  expect(one(coexistence.user_edit).event).toMatchObject({
    change: { what: 'edited', text: 'corrected' },
  })
  expect(one(coexistence.echo_edit).event).toMatchObject({
    change: { what: 'edited', text: 'Updated image caption' },
  })
})

test('a failed status says why, in a code and in WhatsApp’s words', () => {
  expect(one(coexistence.status_failed_131047).event).toMatchObject({
    status: 'failed',
    code: 'window_closed',
    evidence: expect.stringMatching(/^131047 Message failed to send because more than 24 hours/),
  })
  expect(one(coexistence.status_sent).event).toMatchObject({ kind: 'status', status: 'sent' })
})

test('a chunk of history is kept whole and read later, ours and theirs told apart', () => {
  const { event, part } = one(coexistence.history_chunk)
  expect(event).toEqual({ kind: 'history', end: null, progress: 18 })
  const messages = historyMessages(part, received)
  expect(
    messages.map(({ direction, text, attributes }) => [direction, text, attributes.unavailable]),
  ).toEqual([
    ['outgoing', 'hi', undefined],
    ['outgoing', '', 'media_placeholder'],
    ['incoming', 'Thanks!', undefined],
  ])
  expect(new Set(messages.map(({ references }) => references[0]))).toEqual(
    new Set(['contact +16505551234']),
  )
  expect(messages.every(({ fromHistory }) => fromHistory)).toBe(true)
})

test('the history ends with the last chunk of the last phase, or with a refusal', () => {
  const chunk = (phase: number, progress: number) => {
    const payload = structuredClone(coexistence.history_chunk)
    payload.entry[0].changes[0].value.history[0].metadata = { phase, chunk_order: 1, progress }
    return one(payload).event
  }
  expect(chunk(1, 100)).toEqual({ kind: 'history', end: null, progress: 67 })
  expect(chunk(2, 99)).toEqual({ kind: 'history', end: null, progress: 100 })
  expect(chunk(2, 100)).toEqual({ kind: 'history', end: 'complete', progress: 100 })
  expect(one(coexistence.history_declined).event).toMatchObject({ end: 'refused' })
})

test('what became of the account names its reason and its time', () => {
  expect(one(coexistence.partner_removed).event).toEqual({
    kind: 'account',
    what: 'PARTNER_REMOVED',
    reason: 'PRIMARY_INACTIVITY',
    number: '15550783881',
    at: new Date(1739212624_000),
  })
})

test('every event of a batch is read again from the part that is kept of it', () => {
  const { _note, ...payloads } = coexistence
  const all = [...Object.values(payloads), ...Object.values(examples)] as { entry: object[] }[]
  const batch = { object: 'whatsapp_business_account', entry: all.flatMap(({ entry }) => entry) }
  const events = parse(batch)
  expect(events).toHaveLength(all.length)
  for (const event of events) expect(parseWhatsApp(event.part, received)).toEqual([event])
})

test('hostile batches give nothing or something unknown, and never throw', () => {
  const odd = [null, [], { object: 'whatsapp_business_account', entry: [{ changes: 5 }] }]
  for (const payload of odd) expect(parse(payload)).toEqual([])
  const value = { messages: [{}, null, { id: 'x' }], statuses: [{ status: '__proto__' }, {}] }
  const changes = [{ field: 'messages', value }, { field: '__proto__', value: {} }, {}]
  const events = parse({ object: 'whatsapp_business_account', entry: [{ id: 1, changes }] })
  expect(new Set(events.map(({ event }) => event.kind))).toEqual(new Set(['unknown']))
  expect(events).toHaveLength(7)
})
