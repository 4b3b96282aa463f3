// Instagram and Messenger against the simulator of Graph: signing in, pages, subscriptions, sending,
// listing, and what each refusal means.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { SendHooks } from '../../../channels/channel.ts'
import { AmbiguousSend, ChannelError } from '../../../channels/errors.ts'
import { limitExceeded, splitText } from '../../../channels/instagram/limits.ts'
import { nameOfContact } from '../../../channels/instagram/profile.ts'
import { type MessagingCursor, pullMessaging } from '../../../channels/instagram/pull.ts'
import { findSentMessaging, sendMessaging } from '../../../channels/instagram/send.ts'
import type { InstagramConnection } from '../../../channels/instagram/settings.ts'
import { type Granted, grantedPages, loginUrl, trade } from '../../../channels/instagram/sign-in.ts'
import { ensureSubscribed, unsubscribe } from '../../../channels/instagram/subscription.ts'
import { createMetaAccess, type MetaAccess } from '../../../channels/meta/access.ts'
import {
  type GraphSimulator,
  Refusal,
  type SimulatedPage,
  startGraph,
} from '../../simulators/meta/graph.ts'
import { samples } from '../../simulators/meta/webhook.ts'

let graph: GraphSimulator
let access: MetaAccess
let page: SimulatedPage
let connection: InstagramConnection
beforeAll(async () => {
  graph = await startGraph()
  access = createMetaAccess(graph.app, graph.policy)
})
afterAll(() => graph?.stop())
let pages = 0
beforeEach(() => {
  graph.pages.clear()
  graph.deaths.clear()
  graph.usage = {}
  page = graph.addPage({ id: String(1000 + ++pages) })
  connection = {
    settings: {
      page_id: page.id,
      page_name: page.name,
      instagram_id: page.instagram!.id,
      instagram_username: page.instagram!.username,
      long_answers: 'refuse',
    },
    credentials: { page_token: page.token, user_id: graph.user.id },
  }
})

const REDIRECT = 'https://chat.example.com/oauth/callback'
const hooks = (): SendHooks & { count: number } => ({
  count: 0,
  async onTransmitting() {
    this.count += 1
  },
})
const answer = { text: 'Olá', file: null, byHumanAgent: false, inReplyTo: null }
const to = (id: string, more: object = {}) => ({
  product: 'instagram' as const,
  to: id,
  ...answer,
  ...more,
})
const send = (message: ReturnType<typeof to>) => sendMessaging(access, connection, message, hooks())
const kindOf = (work: Promise<unknown>) =>
  work.then(
    () => 'no failure',
    (error) => (error instanceof ChannelError ? [error.kind, error.details.reason] : error.name),
  )

describe('signing in', () => {
  const granted = () => grantedPages(access, { user_token: graph.user.token })
  const faultsOf = ({ pages }: Granted, id: string) => pages.find((one) => one.id === id)!.faults

  test('the dialog is asked for all permissions, and again for what was declined', () => {
    const url = (rerequest: boolean) =>
      new URL(loginUrl(graph.app, { state: 's', redirectUri: REDIRECT, rerequest })).searchParams
    expect(Object.fromEntries(url(false))).toMatchObject({
      client_id: graph.app.appId,
      redirect_uri: REDIRECT,
      state: 's',
      scope: expect.stringContaining('instagram_manage_messages'),
    })
    expect(url(false).has('auth_type')).toBe(false)
    expect(url(true).get('auth_type')).toBe('rerequest')
    expect([...url(true).values()].join()).not.toContain(graph.app.appSecret)
    const business = { ...graph.app, loginConfigId: '77' }
    const configured = loginUrl(business, { state: 's', redirectUri: REDIRECT, rerequest: false })
    expect(new URL(configured).searchParams.get('config_id')).toBe('77')
    expect(configured).not.toContain('scope=')
  })

  test('a code becomes a long-lived token, once', async () => {
    graph.codes.set('code-1', { redirectUri: REDIRECT, token: 'EAA-short' })
    expect(await trade(access, 'code-1', REDIRECT)).toEqual({ user_token: graph.user.token })
    expect(await kindOf(trade(access, 'code-1', REDIRECT))).toEqual([
      'ActionRequired',
      'code_refused',
    ])
    graph.codes.set('code-2', { redirectUri: 'https://other.example', token: 'EAA-short' })
    expect(await kindOf(trade(access, 'code-2', REDIRECT))).toEqual([
      'ActionRequired',
      'code_refused',
    ])
  })

  test('a broken app is the operator’s, not the inbox’s', async () => {
    const broken = createMetaAccess({ ...graph.app, appSecret: 'another-secret' }, graph.policy)
    expect(await kindOf(trade(broken, 'x', REDIRECT))).toEqual(['Unavailable', 'oauth_app_broken'])
  })

  test('every page is listed, also the 240th, with what keeps it from being connected', async () => {
    graph.pages.clear()
    for (let id = 1; id <= 240; id++) graph.addPage({ id: String(id) })
    graph.addPage({ id: 'no-ig', instagram: undefined as never })
    graph.addPage({ id: 'no-task', tasks: ['ANALYZE'] })
    graph.addPage({ id: 'half', notFor: ['instagram_manage_messages'] })
    graph.addPage({ id: 'left-out', left: true })
    const listed = await granted()
    expect(listed).toMatchObject({ userId: graph.user.id, declined: false })
    expect(listed.pages).toHaveLength(243)
    expect(faultsOf(listed, '240')).toEqual([])
    expect(faultsOf(listed, 'no-ig')).toEqual(['no_instagram_account'])
    expect(faultsOf(listed, 'no-task')).toEqual(['messaging_task_missing', 'moderate_task_missing'])
    expect(faultsOf(listed, 'half')).toEqual(['page_not_granted'])
  })

  test('a permission that was declined is missing where it is needed, and asked for again', async () => {
    graph.addPage({ id: 'no-ig', instagram: undefined as never })
    graph.user.granted.splice(graph.user.granted.indexOf('instagram_manage_messages'), 1)
    graph.user.declined.push('instagram_manage_messages')
    const declined = await granted()
    expect(declined.declined).toBe(true)
    expect(faultsOf(declined, page.id)).toEqual(['meta_permission_missing'])
    expect(faultsOf(declined, 'no-ig')).toEqual(['no_instagram_account'])
    graph.redirectUris.push(REDIRECT)
    for (const rerequest of [false, true]) {
      await graph.visit(loginUrl(graph.app, { state: 's', redirectUri: REDIRECT, rerequest }))
      expect((await granted()).declined).toBe(!rerequest)
    }
  })
})

test('a subscription is made once, and made again when Meta has dropped it or a part of it', async () => {
  expect(await ensureSubscribed(access, connection)).toBe(true)
  expect(await ensureSubscribed(access, connection)).toBe(false)
  page.subscribed = ['messages']
  expect(await ensureSubscribed(access, connection)).toBe(true)
  expect(page.subscribed).toContain('standby')
  await unsubscribe(access, connection)
  expect(page.subscribed).toBeUndefined()
})

describe('sending', () => {
  test('an answer goes out within the window, with a proof of the app and the token in no address', async () => {
    graph.write(page, 'c1', 'Oi')
    const { externalId, restMs } = await send(to('c1', { inReplyTo: 'm_1' }))
    expect(externalId).toMatch(/^m_/)
    expect(restMs).toBe(0)
    const request = graph.requests.at(-1)!
    expect(request.body).toEqual({
      recipient: { id: 'c1' },
      messaging_type: 'RESPONSE',
      message: { text: 'Olá' },
      reply_to: { mid: 'm_1' },
    })
    expect(request.query.toString()).not.toContain(page.token)
  })

  test('files go by their address and kind', async () => {
    graph.write(page, 'c1', 'Oi')
    for (const [contentType, kind] of [
      ['image/png', 'image'],
      ['audio/mp4', 'audio'],
      ['application/pdf', 'file'],
    ]) {
      const file = { contentType: contentType!, url: 'https://files.example/x' }
      await send(to('c1', { text: '', file }))
      expect(graph.requests.at(-1)!.body.message.attachment).toMatchObject({ type: kind })
    }
  })

  test('after a day only a person’s answer is taken, after seven nobody’s', async () => {
    const hours = (count: number) => Date.now() - count * 3_600_000
    graph.write(page, 'c1', 'Oi')
    page.contacts.get('c1')!.wroteAt = hours(25)
    expect(await kindOf(send(to('c1')))).toEqual(['MessageRejected', 'window_closed'])
    await send(to('c1', { byHumanAgent: true }))
    expect(graph.requests.at(-1)!.body).toMatchObject({
      messaging_type: 'MESSAGE_TAG',
      tag: 'HUMAN_AGENT',
    })
    page.contacts.get('c1')!.wroteAt = hours(7 * 24 + 1)
    expect(await kindOf(send(to('c1', { byHumanAgent: true })))).toEqual([
      'MessageRejected',
      'window_closed',
    ])
  })

  test('a reply that is lost makes it ambiguous, and the list tells that it went out', async () => {
    graph.write(page, 'c1', 'Oi')
    const since = new Date()
    graph.dropReply = true
    await expect(send(to('c1'))).rejects.toThrow(AmbiguousSend)
    const found = await findSentMessaging(access, connection, to('c1'), since)
    expect(found).toEqual([{ externalId: page.contacts.get('c1')!.messages.at(-1)!.id }])
    expect(await findSentMessaging(access, connection, to('c1', { text: 'other' }), since)).toEqual(
      [],
    )
    const later = new Date(Date.now() + 60_000)
    expect(await findSentMessaging(access, connection, to('c1'), later)).toEqual([])
  })

  test('nothing was sent when nobody listens, so it may be tried again', async () => {
    const nowhere = createMetaAccess({ ...graph.app, graphUrl: 'http://127.0.0.1:1' }, graph.policy)
    const work = sendMessaging(nowhere, connection, to('c1'), hooks())
    expect(await kindOf(work)).toEqual(['Unavailable', 'connection_lost'])
  })

  test('limits are obeyed before they are reached', async () => {
    graph.write(page, 'c1', 'Oi')
    graph.usage = { 'x-app-usage': '{"call_count":91,"total_time":3,"total_cputime":2}' }
    expect((await send(to('c1'))).restMs).toBe(300_000)
    const regain =
      '{"17":[{"type":"messenger","call_count":100,"estimated_time_to_regain_access":12}]}'
    graph.usage = { 'x-business-use-case-usage': regain }
    expect((await send(to('c1'))).restMs).toBe(12 * 60_000)
    graph.usage = { 'x-app-usage': 'no json' }
    expect((await send(to('c1'))).restMs).toBe(0)
  })
})

describe('refusals', () => {
  const MEANINGS: Record<string, [string, string]> = {
    outside_window: ['MessageRejected', 'window_closed'],
    outside_window_ig: ['MessageRejected', 'window_closed'],
    no_permission: ['ActionRequired', 'meta_permission_missing'],
    user_unavailable: ['MessageRejected', 'recipient_unavailable'],
    cannot_receive: ['MessageRejected', 'recipient_unavailable'],
    param_upload: ['MessageRejected', 'media_not_accepted'],
    no_matching_user: ['MessageRejected', 'recipient_refused'],
    rate_app: ['RateLimited', 'throttled'],
    rate_user: ['RateLimited', 'throttled'],
    rate_page: ['RateLimited', 'throttled'],
    rate_custom: ['RateLimited', 'throttled'],
    perms: ['ActionRequired', 'meta_permission_missing'],
    transient: ['Unavailable', 'server_unavailable'],
    client_secret: ['Unavailable', 'oauth_app_broken'],
    app_id: ['Unavailable', 'oauth_app_broken'],
  }
  const published = samples('graph-errors')

  test.each(Object.entries(MEANINGS))('%s is %s', async (name, meaning) => {
    const { message, code, error_subcode, ...more } = published[name].error
    graph.failures.push(new Refusal(400, code, message, error_subcode, more))
    expect(await kindOf(send(to('c1')))).toEqual(meaning)
  })

  const DEATHS: [number, string][] = [
    [458, 'app_removed'],
    [459, 'checkpoint'],
    [460, 'password_changed'],
    [463, 'token_expired'],
    [464, 'account_unconfirmed'],
    [467, 'token_invalid'],
    [492, 'page_role_lost'],
  ]
  test.each(DEATHS)(
    '190/%i is red only when debug_token says that the token is dead',
    async (subcode, reason) => {
      graph.failures.push(new Refusal(400, 190, 'Error validating access token', subcode))
      expect(await kindOf(send(to('c1')))).toEqual(['Unavailable', 'access_token_doubted'])
      graph.deaths.set(page.token, subcode)
      expect(await kindOf(send(to('c1')))).toEqual(['ReauthorizationRequired', reason])
    },
  )

  test('no failure repeats a token or the app’s secret', async () => {
    const words = `Bad ${page.token} of ${graph.app.appSecret}`
    graph.failures.push(new Refusal(400, 100, words))
    const error = await send(to('c1')).catch((cause) => cause)
    expect(error.details.evidence).toContain('Bad *** of ***')
  })

  test('a gateway’s page instead of an answer is ambiguous for a send and temporary otherwise', async () => {
    graph.failures.push(new Refusal(502, 0, 'Bad gateway'), new Refusal(502, 0, 'Bad gateway'))
    await expect(send(to('c1'))).rejects.toThrow(AmbiguousSend)
    expect(await kindOf(ensureSubscribed(access, connection))).toEqual([
      'Unavailable',
      'server_unavailable',
    ])
  })
})

describe('listing', () => {
  const pull = (cursor: MessagingCursor | undefined, now = new Date(), since = now) =>
    pullMessaging(access, connection, JSON.parse(JSON.stringify(cursor ?? null)) ?? undefined, {
      now,
      since,
    })
  const connectedNow = (): MessagingCursor => {
    const now = new Date().toISOString()
    return { since: now, through: now }
  }
  async function pullAll(start: MessagingCursor) {
    const found = []
    let cursor: MessagingCursor | undefined = start
    let last = start
    while (cursor) {
      const result = await pull(cursor)
      found.push(...result.messages)
      last = result.cursor
      cursor = result.next
    }
    return { found, last }
  }

  test('what came before the connection is not ours; what came after is found on every page', async () => {
    graph.write(page, 'old', 'before').at -= 10_000
    const cursor = connectedNow()
    for (let id = 0; id < 60; id++) graph.write(page, `c${id}`, `text ${id}`, { name: 'Zoë' })
    graph.write(page, 'm1', 'by Messenger', { platform: 'messenger' })
    const { found, last } = await pullAll(cursor)
    expect(found).toHaveLength(61)
    expect(found.find(({ text }) => text === 'text 7')).toMatchObject({
      direction: 'incoming',
      contact: { kind: 'instagram', value: 'c7', name: 'Zoë' },
      references: ['contact instagram c7'],
    })
    expect(found.at(-1)).toMatchObject({ contact: { kind: 'messenger' }, text: 'by Messenger' })
    const again = await pullAll(last)
    expect(again.found.map(({ externalId }) => externalId).sort()).toEqual(
      found.map(({ externalId }) => externalId).sort(),
    )
  })

  test('the first listing begins where the inbox was connected, however late it comes', async () => {
    const connectedAt = new Date()
    graph.write(page, 'c1', 'meanwhile')
    const { messages } = await pull(undefined, new Date(Date.now() + 3_600_000), connectedAt)
    expect(messages.map(({ text }) => text)).toEqual(['meanwhile'])
  })

  test('our own come back as outgoing, and the mention of a story not at all', async () => {
    const cursor = connectedNow()
    graph.write(page, 'c1', 'Oi')
    await send(to('c1'))
    graph.write(page, 'c2', 'look at my story')
    page.contacts.get('c2')!.messages.at(-1)!.mention = true
    const { found } = await pullAll(cursor)
    expect(
      found.map(({ direction, text, sentByAccount }) => [direction, text, sentByAccount]),
    ).toEqual([
      ['incoming', 'Oi', false],
      ['outgoing', 'Olá', true],
    ])
  })
})

test('a name that Meta does not tell is no failure', async () => {
  graph.write(page, 'c1', 'Oi', { name: 'Zoë' })
  graph.write(page, 'c2', 'Oi')
  const name = (id: string) => nameOfContact(access, connection, { product: 'instagram', id })
  expect(await name('c1')).toBe('Zoë')
  expect(await name('c2')).toBeUndefined()
  expect(await name('c3')).toBeUndefined()
  graph.failures.push(new Refusal(400, 4, 'limit'))
  expect(await kindOf(name('c1'))).toEqual(['RateLimited', 'throttled'])
})

describe('length', () => {
  test('Instagram counts bytes, Messenger characters', () => {
    expect(limitExceeded('instagram', 'a'.repeat(1000))).toBeUndefined()
    expect(limitExceeded('instagram', 'ã'.repeat(501))).toBe(1000)
    expect(limitExceeded('messenger', 'ã'.repeat(1999))).toBeUndefined()
    expect(limitExceeded('messenger', 'ã'.repeat(2000))).toBe(1999)
  })

  test('a longer text is cut between words, and no character is', () => {
    const text = 'Olá, tudo bem com você? 👩‍👩‍👧 '.repeat(100).trim()
    const pieces = splitText('instagram', text)
    expect(pieces.length).toBeGreaterThan(3)
    for (const piece of pieces) expect(limitExceeded('instagram', piece)).toBeUndefined()
    expect(pieces.join(' ')).toBe(text)
  })

  test('what has no words is cut anyway, and nothing is lost', () => {
    for (const text of ['x'.repeat(2500), '👩‍👩‍👧'.repeat(200), `a${'\u0301'.repeat(3000)}`]) {
      const pieces = splitText('instagram', text)
      for (const piece of pieces) expect(limitExceeded('instagram', piece)).toBeUndefined()
      expect(pieces.join('')).toBe(text)
    }
  })
})
