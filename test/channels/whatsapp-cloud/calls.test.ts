// WhatsApp numbers against the simulator of Graph: connecting, sending, and what each refusal means.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { AmbiguousSend, ChannelError, InvalidSettings } from '../../../channels/errors.ts'
import { createMetaAccess, type MetaAccess } from '../../../channels/meta/access.ts'
import {
  askPhone,
  ensureSubscribed,
  findNumber,
  locateFile,
  sendWhatsApp,
  unsubscribe,
} from '../../../channels/whatsapp-cloud/calls.ts'
import { payloadOf, type WhatsAppMessage } from '../../../channels/whatsapp-cloud/payload.ts'
import {
  readWhatsAppForm,
  type WhatsAppConnection,
} from '../../../channels/whatsapp-cloud/settings.ts'
import { exchangeCode } from '../../../channels/whatsapp-cloud/sign-up.ts'
import { type GraphSimulator, Refusal, startGraph } from '../../simulators/meta/graph.ts'
import type { SimulatedNumber } from '../../simulators/meta/graph-whatsapp.ts'
import { problemsOf } from '../../simulators/meta/whatsapp-document.ts'

let graph: GraphSimulator
let access: MetaAccess
let number: SimulatedNumber
let connection: WhatsAppConnection
beforeAll(async () => {
  graph = await startGraph()
  access = createMetaAccess(graph.app, graph.policy)
})
afterAll(() => graph?.stop())
let count = 0
beforeEach(() => {
  graph.deaths.clear()
  number = graph.addNumber({ id: String(10_000 + ++count) })
  connection = readWhatsAppForm({
    phone_number: number.number,
    phone_number_id: number.id,
    waba_id: number.wabaId,
    access_token: number.token,
  })
})

const plain: WhatsAppMessage = {
  to: '+16505551234',
  text: 'Olá *tudo* bem?',
  file: null,
  interactive: null,
  template: null,
  inReplyTo: null,
  reference: 42,
}
const send = (more: Partial<WhatsAppMessage> = {}, onTransmitting = async () => {}) =>
  sendWhatsApp(access, connection, { ...plain, ...more }, { onTransmitting })
const kindOf = (work: Promise<unknown>) =>
  work.then(
    () => 'no failure',
    (error) => (error instanceof ChannelError ? [error.kind, error.details.reason] : error.name),
  )
const fileOf = (contentType: string) => ({
  fileName: 'a.b',
  contentType,
  url: 'https://files.example/a',
})
const choices = [
  { id: 'yes', title: 'Sim' },
  { id: 'no', title: 'Não' },
]

describe('the form of those who bring a token', () => {
  const form = {
    phone_number: '+1 (555) 001-0001',
    phone_number_id: '106540352242922',
    waba_id: '102290129340398',
    access_token: 'EAA-a-long-enough-token',
  }
  test('is read, the number in whatever way it is written', () => {
    expect(readWhatsAppForm(form).settings.number).toBe('+15550010001')
  })
  test.each([
    ['phone_number', '', 'missing'],
    ['phone_number', '12', 'not_e164'],
    ['phone_number', '+0555001000', 'not_e164'],
    ['phone_number_id', 'x1', 'not_a_meta_id'],
    ['waba_id', '', 'missing'],
    ['access_token', 'with space in the middle', 'no_access_token'],
  ])('names the field: %s "%s"', (field, value, reason) => {
    const read = () => readWhatsAppForm({ ...form, [field]: value })
    expect(read).toThrow(new InvalidSettings(field, reason))
  })
})

describe('the number that is meant', () => {
  const account = (more: object) => ({
    ...connection,
    settings: { ...connection.settings, ...more },
  })
  const signedUp = () => account({ number: '', phone_number_id: '', coexistence: true })

  test('is found in its account, and refused where it is not in it', async () => {
    expect(await findNumber(access, connection)).toEqual({
      number: number.number,
      phone_number_id: number.id,
      coexistence: false,
    })
    expect(await kindOf(findNumber(access, account({ number: '+15559999999' })))).toEqual([
      'ActionRequired',
      'number_not_in_account',
    ])
  })

  test('is the one that the phone uses too, after a sign-up', async () => {
    graph.addNumber({ id: '77777', wabaId: number.wabaId, token: number.token })
    expect(await kindOf(findNumber(access, signedUp()))).toEqual([
      'ActionRequired',
      'number_not_on_phone',
    ])
    number.onPhone = true
    expect(await findNumber(access, signedUp())).toMatchObject({
      phone_number_id: number.id,
      coexistence: true,
    })
  })

  test('is guessed by nobody where there are several', async () => {
    number.onPhone = true
    const more = { wabaId: number.wabaId, token: number.token, onPhone: true }
    const other = graph.addNumber({ id: '77778', ...more })
    expect(await kindOf(findNumber(access, signedUp()))).toEqual([
      'ActionRequired',
      'number_not_in_account',
    ])
    const named = account({ number: '', phone_number_id: other.id, coexistence: true })
    expect((await findNumber(access, named)).number).toBe(other.number)
  })

  test('is refused once the Cloud API does not serve it any more', async () => {
    number.served = false
    expect(await kindOf(findNumber(access, connection))).toEqual([
      'ActionRequired',
      'number_not_served',
    ])
  })
})

test('the popup’s code becomes an access once, without a redirect_uri', async () => {
  graph.codes.set('popup', { redirectUri: undefined, token: number.token })
  expect(await exchangeCode(access, 'popup')).toEqual({ access_token: number.token })
  expect(await kindOf(exchangeCode(access, 'popup'))).toEqual(['ActionRequired', 'code_refused'])
})

test('a subscription is made once, and again when it is gone', async () => {
  expect(await ensureSubscribed(access, connection)).toBe(true)
  expect(await ensureSubscribed(access, connection)).toBe(false)
  await unsubscribe(access, connection)
  expect(number.subscribed).toBe(false)
})

test('the phone is asked for its contacts and its history; a second time is as good', async () => {
  number.onPhone = true
  expect(await askPhone(access, connection, 'contacts')).toBe('asked')
  expect(await askPhone(access, connection, 'history')).toBe('asked')
  expect([...number.shared]).toEqual(['smb_app_state_sync', 'history'])
  expect(await askPhone(access, connection, 'history')).toBe('asked')
})

test('a phone that is asked too late, or is not there, shares nothing', async () => {
  expect(await askPhone(access, connection, 'history')).toBe('refused')
  Object.assign(number, { onPhone: true, tooLate: true })
  expect(await askPhone(access, connection, 'history')).toBe('refused')
  graph.failures.push(new Refusal(500, 2, 'Service temporarily unavailable'))
  expect(await kindOf(askPhone(access, connection, 'history'))).toEqual([
    'Unavailable',
    'server_unavailable',
  ])
})

test('a file lies where Meta says, or nowhere any more', async () => {
  graph.media.set('9001', { url: 'https://lookaside.fbsbx.com/a', contentType: 'image/jpeg' })
  expect(await locateFile(access, connection, '9001')).toBe('https://lookaside.fbsbx.com/a')
  graph.failures.push(new Refusal(400, 100, 'Object does not exist', 33))
  expect(await locateFile(access, connection, '9002')).toBeUndefined()
})

describe('sending', () => {
  test('a text goes out, bears our reference and answers what it answers', async () => {
    const { externalId } = await send({ inReplyTo: 'wamid.1' })
    expect(number.sent).toEqual([{ id: externalId, body: expect.anything() }])
    expect(number.sent[0]!.body).toMatchObject({
      to: '16505551234',
      context: { message_id: 'wamid.1' },
      biz_opaque_callback_data: '42',
      text: { body: 'Olá *tudo* bem?' },
    })
  })

  test('what breaks off after it was handed over is ambiguous', async () => {
    graph.dropReply = true
    await expect(send()).rejects.toThrow(AmbiguousSend)
  })

  const CODES: [number, string, string][] = [
    [131047, 'MessageRejected', 'window_closed'],
    [131026, 'MessageRejected', 'not_on_whatsapp'],
    [131049, 'MessageRejected', 'held_back_by_meta'],
    [131050, 'MessageRejected', 'recipient_opted_out'],
    [131051, 'MessageRejected', 'content_not_accepted'],
    [131053, 'MessageRejected', 'media_not_accepted'],
    [131042, 'MessageRejected', 'payment_missing'],
    [132001, 'MessageRejected', 'template_refused'],
    [131056, 'RateLimited', 'sending_limit'],
    [131048, 'RateLimited', 'sending_limit'],
    [130429, 'RateLimited', 'throttled'],
    [80007, 'RateLimited', 'throttled'],
    [131016, 'Unavailable', 'server_unavailable'],
    [133004, 'Unavailable', 'server_unavailable'],
    [131031, 'ActionRequired', 'whatsapp_disabled'],
    [133010, 'ActionRequired', 'whatsapp_disabled'],
    [368, 'ActionRequired', 'blocked_by_meta'],
    [10, 'ActionRequired', 'meta_permission_missing'],
  ]
  test.each(CODES)('%i is %s: %s', async (code, kind, reason) => {
    graph.failures.push(new Refusal(400, code, `(#${code}) words`))
    expect(await kindOf(send())).toEqual([kind, reason])
  })

  test('a dead token is red only when Meta says so twice', async () => {
    graph.failures.push(new Refusal(401, 190, 'Error validating access token', 460))
    expect(await kindOf(send())).toEqual(['Unavailable', 'access_token_doubted'])
    graph.deaths.set(number.token, 460)
    expect(await kindOf(send())).toEqual(['ReauthorizationRequired', 'password_changed'])
  })
})

describe('what the official document says of a message', () => {
  const list = { kind: 'list' as const, button: 'Escolha', choices }
  const messages: [string, Partial<WhatsAppMessage>][] = [
    ['text', {}],
    ['answer', { inReplyTo: 'wamid.1' }],
    ['image', { file: fileOf('image/png') }],
    ['audio', { file: fileOf('audio/ogg') }],
    ['video', { file: fileOf('video/mp4'), text: '' }],
    ['document', { file: fileOf('application/pdf') }],
    ['an image that WhatsApp does not show', { file: fileOf('image/tiff') }],
    ['buttons', { interactive: { kind: 'buttons', choices } }],
    ['list', { interactive: list }],
    ['template', { template: { name: 'hello', language: 'pt_BR', variables: { '1': 'Ana' } } }],
    ['template without variables', { template: { name: 'hello', language: 'en', variables: {} } }],
  ]
  test.each(messages)('%s keeps to it', (_, more) => {
    const payload = payloadOf({ ...plain, ...more })
    expect(problemsOf(payload)).toEqual([])
    expect(problemsOf({ ...payload, to: 5 })).not.toEqual([])
  })

  test('forms, which it does not describe, are Flows', () => {
    const interactive = { kind: 'form' as const, flow: '77', button: 'Abrir', screen: 'FIRST' }
    expect(payloadOf({ ...plain, interactive })).toMatchObject({
      type: 'interactive',
      interactive: {
        type: 'flow',
        body: { text: plain.text },
        action: { name: 'flow', parameters: { flow_id: '77', flow_cta: 'Abrir' } },
      },
    })
  })
})
