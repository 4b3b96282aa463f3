// What each kind of Instagram and Messenger event becomes.
import { expect, test } from 'vitest'
import { parseMessaging } from '../../../channels/instagram/parse.ts'
import type { DeliveredEvent, InboundEvent } from '../../../channels/webhook.ts'
import { samples, wireBody } from '../../simulators/meta/webhook.ts'

const { instagram, messenger } = samples('messaging')
const received = new Date('2026-11-25T12:00:00Z')
const ACCOUNT = '17841400000000001'
const CONTACT = '5550000000000001'

function parse(payload: unknown): DeliveredEvent[] {
  return parseMessaging(
    { contentType: 'application/json', query: '', body: wireBody(payload) },
    received,
  )
}
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
const kindsOf = (events: Record<string, unknown>) =>
  Object.entries(events).map(([name, payload]) => [
    name,
    parse(payload).map(({ event }) => event.kind),
  ])

test('every published sample is of its kind', () => {
  expect(Object.fromEntries(kindsOf(instagram))).toEqual({
    text: ['message'],
    image_and_video: ['message'],
    share: ['message'],
    ig_reel: ['message'],
    story_reply: ['message'],
    story_mention: ['ignored'],
    inline_reply: ['message'],
    quick_reply: ['message'],
    echo: ['message'],
    echo_with_app_id: ['message'],
    deleted: ['change'],
    unsupported: ['message'],
    ephemeral: ['message'],
    ad_referral: ['message'],
    react: ['change'],
    unreact: ['change'],
    postback: ['message'],
    referral_igme: ['unknown'],
    seen: ['watermark'],
    standby_text: ['message'],
  })
  expect(Object.fromEntries(kindsOf(messenger))).toEqual({
    text: ['message'],
    attachment: ['message'],
    echo_app: ['message'],
    echo_page_inbox: ['message'],
    delivery: ['status'],
    read: ['watermark'],
    postback: ['message'],
    reaction: ['change'],
    standby_text: ['message'],
    standby_postback_without_payload: ['message'],
    pass_thread_control: ['channel'],
    pass_from_idle: ['channel'],
    take_thread_control: ['channel'],
    request_thread_control: ['channel'],
    app_roles: ['channel'],
  })
})

test('a direct message has its contact, its conversation and its true time', () => {
  expect(one(instagram.text).address).toBe(ACCOUNT)
  expect(messageOf(instagram.text)).toMatchObject({
    externalId: instagram.text.entry[0].messaging[0].message.mid,
    direction: 'incoming',
    contact: { kind: 'instagram', value: CONTACT },
    references: [`contact instagram ${CONTACT}`],
    text: 'Hello',
    sentAt: new Date(1790000000349),
    attributes: { product: 'instagram', account: ACCOUNT },
  })
  expect(messageOf(messenger.text).contact).toMatchObject({ kind: 'messenger' })
})

test('the answer to a story carries its picture as context, and the mention of one is nothing', () => {
  const { text, attachments, attributes } = messageOf(instagram.story_reply)
  expect(text).toBe('nice!')
  expect(attributes.story).toEqual({ id: '17900000000000001' })
  expect(attachments).toMatchObject([
    { contentId: 'story', part: expect.stringMatching(/^https:/) },
  ])
  expect(one(instagram.story_mention).event).toEqual({ kind: 'ignored', what: 'story_mention' })
})

test('files keep where they lie; what was published elsewhere says so', () => {
  expect(messageOf(instagram.image_and_video).attachments).toMatchObject([
    { fileName: 'image-1', contentType: 'image/jpeg', content: null },
    { fileName: 'video-2', contentType: 'video/mp4', content: null },
  ])
  const reel = messageOf(instagram.ig_reel)
  expect(reel.attributes.shared).toMatchObject([{ type: 'ig_reel', title: 't' }])
  expect(reel.attachments).toHaveLength(1)
  expect(messageOf(instagram.share).attributes.shared).toMatchObject([{ type: 'share' }])
  expect(messageOf(instagram.ephemeral).attributes.unavailable).toBe('ephemeral')
  expect(messageOf(instagram.unsupported).attributes.unavailable).toBe('unsupported')
})

test('an address that is not https is never taken for a file', () => {
  const payload = structuredClone(messenger.attachment)
  payload.entry[0].messaging[0].message.attachments[0].payload.url = 'file:///etc/passwd'
  expect(messageOf(payload).attachments).toEqual([])
})

test('buttons, quick replies, answers and ads say what they were', () => {
  expect(messageOf(instagram.quick_reply)).toMatchObject({
    text: 'Yes',
    attributes: { quick_reply: { payload: 'YES' } },
  })
  expect(messageOf(instagram.postback)).toMatchObject({
    text: 'Get started',
    attributes: { postback: { payload: 'START' } },
  })
  const mid = instagram.text.entry[0].messaging[0].message.mid
  expect(messageOf(instagram.inline_reply).attributes.in_reply_to).toBe(mid)
  expect(messageOf(instagram.ad_referral).attributes.referral).toMatchObject({
    ad_id: '6000',
    title: 'T',
  })
})

test('what the business sent elsewhere is outgoing and goes to its contact’s conversation', () => {
  expect(messageOf(instagram.echo)).toMatchObject({
    direction: 'outgoing',
    sentByAccount: true,
    contact: { value: CONTACT },
    references: [`contact instagram ${CONTACT}`],
  })
})

test('reactions, deletions and reads are about messages that are there', () => {
  const mid = 'aWdfZAG1faXRlbToxOklHTWVzc2FnZAUlEOjE0009'
  const at = new Date(1790000000349)
  const reaction = { what: 'reaction', by: 'contact' }
  const events: [unknown, InboundEvent][] = [
    [
      instagram.react,
      { kind: 'change', externalId: mid, change: { ...reaction, emoji: '❤️' }, at } as InboundEvent,
    ],
    [
      instagram.unreact,
      { kind: 'change', externalId: mid, change: { ...reaction, emoji: null }, at } as InboundEvent,
    ],
    [messenger.delivery, { kind: 'status', externalId: 'm_3', status: 'delivered' }],
    [
      messenger.read,
      {
        kind: 'watermark',
        status: 'read',
        contact: { kind: 'messenger', value: '7770000000000001' },
        upTo: at,
      },
    ],
  ]
  for (const [payload, event] of events) expect(one(payload).event).toEqual(event)
  expect(one(instagram.deleted).event).toMatchObject({ change: { what: 'deleted' } })
})

test('who answers is taken from what shows it, and from nothing else', () => {
  const receiverOf = (payload: unknown) => one(payload).receiver
  expect(receiverOf(instagram.text)).toMatchObject({ product: 'instagram', owner: 'us' })
  expect(receiverOf(instagram.standby_text)).toMatchObject({ product: 'instagram', owner: 'other' })
  expect(receiverOf(messenger.pass_thread_control)).toMatchObject({ owner: '123456789' })
  expect(receiverOf(messenger.take_thread_control)).toMatchObject({ owner: '263902037430900' })
  expect(receiverOf(messenger.app_roles)).toMatchObject({
    product: 'messenger',
    owner: '123456789',
  })
  for (const silent of [instagram.echo, instagram.seen, messenger.request_thread_control]) {
    expect(receiverOf(silent)).toBeUndefined()
  }
  expect(messageOf(instagram.standby_text).handledElsewhere).toBe(true)
})

test('a batch gives every event of every entry, and each kept part gives its own again', () => {
  const entries = [...Object.values(instagram), ...Object.values(instagram)] as {
    entry: object[]
  }[]
  const batch = { object: 'instagram', entry: entries.flatMap(({ entry }) => entry) }
  const events = parse(batch)
  expect(events).toHaveLength(2 * Object.keys(instagram).length)
  for (const event of events) expect(parseMessaging(event.part, received)).toEqual([event])
})

test('what is no batch, or hostile, gives nothing or something unknown, and never throws', () => {
  const odd = [null, 1, [], { object: 'page' }, { object: '__proto__', entry: [{}] }]
  for (const payload of odd) expect(parse(payload)).toEqual([])
  expect(parseMessaging({ contentType: '', query: '', body: Buffer.from('{') }, received)).toEqual(
    [],
  )
  const strange = [{}, { message: 5 }, { message: {} }, { postback: {} }, { optin: { type: 'x' } }]
  const events = parse({ object: 'page', entry: [{ id: 1, messaging: strange }] })
  expect(events.map(({ event }) => event.kind)).toEqual(strange.map(() => 'unknown'))
})
