// What each kind of WhatsApp message becomes.
import { expect, test } from 'vitest'
import type { RawPart } from '../../../channels/webhook.ts'
import { parseTwilio } from '../../../channels/whatsapp-twilio/parse.ts'
import { otherForm } from '../../../channels/whatsapp-twilio/phone-numbers.ts'

const received = new Date('2026-11-25T12:00:00Z')
const base = {
  MessageSid: 'SM1',
  SmsStatus: 'received',
  From: 'whatsapp:+5511987654321',
  To: 'whatsapp:+14155238886',
  WaId: '5511987654321',
  ProfileName: 'Ana',
  Body: '',
}
const part = (params: Record<string, string>, query = ''): RawPart => ({
  contentType: 'application/x-www-form-urlencoded',
  query,
  body: Buffer.from(new URLSearchParams({ ...base, ...params }).toString()),
})
function messageOf(params: Record<string, string>) {
  const [{ event } = { event: undefined }] = parseTwilio(part(params), received)
  if (event?.kind !== 'message') throw new Error(`not a message but ${event?.kind}`)
  return event.message
}

test('a text has its sender, its time and a conversation of its own contact', () => {
  expect(messageOf({ Body: 'Olá' })).toMatchObject({
    externalId: 'SM1',
    direction: 'incoming',
    contact: {
      kind: 'phone',
      value: '+5511987654321',
      name: 'Ana',
      aliases: [{ kind: 'phone', value: '+551187654321' }],
    },
    references: ['contact +551187654321'],
    text: 'Olá',
    sentAt: received,
  })
})

test('media keeps where it lies, its type and its caption', () => {
  const url = 'https://api.twilio.com/2010-04-01/Accounts/AC1/Messages/MM1/Media/ME1'
  const { attachments, text } = messageOf({
    Body: 'caption',
    NumMedia: '2',
    MediaUrl0: url,
    MediaContentType0: 'image/jpeg',
    MediaUrl1: `${url}2`,
    MediaContentType1: 'application/x-odd',
  })
  expect(text).toBe('caption')
  expect(attachments).toMatchObject([
    { fileName: 'image-1.jpg', contentType: 'image/jpeg', part: url, content: null },
    { fileName: 'file-2', contentType: 'application/x-odd', part: `${url}2` },
  ])
})

test('a number of media that is no number, or too many, brings only what is there', () => {
  expect(messageOf({ NumMedia: '1000000000', MediaUrl0: 'https://x' }).attachments).toHaveLength(1)
  expect(messageOf({ NumMedia: 'many' }).attachments).toEqual([])
})

test('a place is text for whoever cannot draw a map', () => {
  const place = { Latitude: '-23.5', Longitude: '-46.6', Label: 'Loja', Address: 'Rua A, 1' }
  expect(messageOf(place)).toMatchObject({
    text: 'Loja, Rua A, 1',
    attributes: { location: { latitude: -23.5, longitude: -46.6, label: 'Loja' } },
  })
  expect(messageOf({ Latitude: '-23.5', Longitude: '-46.6' }).text).toBe('-23.5, -46.6')
})

test('buttons, picks from a list, what a reply answers and where an ad led from are shown beside', () => {
  expect(
    messageOf({
      Body: 'Confirmar',
      ButtonText: 'Confirmar',
      ButtonPayload: '{"id":1}',
      ListId: 'row-2',
      ListTitle: 'Dois',
      OriginalRepliedMessageSid: 'SM0',
      ReferralHeadline: 'Oferta',
      ReferralCtwaClid: 'clid',
      Forwarded: 'true',
    }).attributes,
  ).toMatchObject({
    button: { text: 'Confirmar', payload: '{"id":1}' },
    list_reply: { id: 'row-2', title: 'Dois' },
    in_reply_to: 'SM0',
    referral: { headline: 'Oferta', click_id: 'clid' },
    forwarded: true,
  })
})

test('a status carries our own id and, of a failure, the reason behind Twilio’s number', () => {
  const params = { MessageStatus: 'failed', ErrorCode: '63003', From: base.To, To: base.From }
  expect(parseTwilio(part(params, 'message=42'), received)).toMatchObject([
    {
      address: '+14155238886',
      event: {
        kind: 'status',
        externalId: 'SM1',
        status: 'failed',
        reference: 42,
        code: 'not_on_whatsapp',
      },
    },
  ])
  const [odd] = parseTwilio(part({ ...params, ErrorCode: '99999' }, 'message=1e99'), received)
  expect(odd!.event).toMatchObject({ code: 'message_refused', evidence: '99999' })
  expect(odd!.event).not.toHaveProperty('reference')
})

test('only mobile numbers of Brazil and Argentina have a second form, and it leads back', () => {
  const forms = {
    '+5511987654321': '+551187654321',
    '+551187654321': '+5511987654321',
    '+5493512223333': '+543512223333',
    '+543512223333': '+5493512223333',
  }
  for (const [number, other] of Object.entries(forms)) expect(otherForm(number)).toBe(other)
  // A land line of São Paulo, Portugal, the United States.
  for (const number of ['+551132345678', '+351912345678', '+14155238886']) {
    expect(otherForm(number)).toBeUndefined()
  }
})
