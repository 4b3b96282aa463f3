// A page connected by signing in with Facebook: from the link to the chosen page, through what is
// missing or declined, lost access and the way back, at the simulator of Meta.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createChannels } from '../../channels/registry.ts'
import { readCredentials } from '../../db/credentials.ts'
import { createAccount } from '../../messaging/create-account.ts'
import { createInbox } from '../../messaging/create-inbox.ts'
import { META_ENV } from '../api/meta-inbox.ts'
import { type GraphSimulator, startGraph } from '../simulators/meta/graph.ts'
import { consentBrowser, textOf } from '../support/consent-browser.ts'
import { waitFor } from '../support/wait-for.ts'
import { type ApiOfPlatform, apiOf } from './api-of-platform.ts'
import { type Platform, startPlatform } from './platform.ts'

const ENV = { ...META_ENV, RATE_LIMIT: '100000' }
let graph: GraphSimulator
let platform: Platform
let api: ApiOfPlatform
beforeAll(async () => {
  graph = await startGraph()
  platform = await startPlatform({
    channels: createChannels({ policy: graph.policy, meta: graph.app }),
    tuning: { pullEveryMs: 400 },
  })
  api = await apiOf(platform, ENV)
  graph.redirectUris.push(`${api.publicUrl}/oauth/instagram/callback`)
}, 60_000)
afterAll(async () => {
  await api?.close()
  await platform?.stop()
  graph?.stop()
})
beforeEach(() => {
  for (const page of graph.pages.values()) page.left = false
})

const browse = () => consentBrowser(api.app, graph)
const signIns = '/inboxes/instagram/sign_ins'
const begin = async (body: object = {}) => {
  const begun = await api.post(signIns, body)
  return { id: begun.body.id as string, link: begun.body.authorization.url as string }
}
const signInOf = async (id: string) => (await api.get(`${signIns}/${id}`)).body
const shown = async (id: number) => (await api.get(`/inboxes/${id}`)).body
const waitForState = (id: number, state: string) =>
  waitFor(async () => (await shown(id)).state === state, { what: state })

/** Signs in and reads what that opened. */
async function signedIn() {
  const { id, link } = await begin()
  expect((await browse().signIn(link)).status).toBe(200)
  return signInOf(id)
}

let pages = 0
const newPage = (more: object = {}) => graph.addPage({ id: String(700_000 + ++pages), ...more })
const choose = (signInId: string, pageId: string, more: object = {}) =>
  api.post('/inboxes/instagram', { name: 'Loja', sign_in_id: signInId, page_id: pageId, ...more })

/** A page with an inbox of its own. */
async function connected(page = newPage()) {
  const { id } = await signedIn()
  const { status, body } = await choose(id, page.id)
  expect(status).toBe(201)
  await waitForState(body.id, 'active')
  return { page, inbox: body, inboxId: body.id as number }
}

test('it begins with a link to our page, which says what to tick, and no inbox is made', async () => {
  const { id, link } = await begin()
  const browser = browse()
  const page = await browser.open(link)
  for (const words of [
    'Shop',
    'Edit previous settings',
    'Opt in to current pages only',
    'Do not untick pages that were connected before',
    'Instagram account',
  ]) {
    expect(textOf(page)).toContain(words)
  }
  expect(new URL(browser.buttonOf(page)).pathname).toMatch(/dialog\/oauth$/)
  expect(await signInOf(id)).toMatchObject({ status: 'waiting', pages: [], failure: null })
  expect((await api.get('/inboxes')).body.data).toEqual([])
  expect((await choose(id, 'x')).body.code).toBe('sign_in_not_completed')
})

test('who declines is told so, here and where it was begun', async () => {
  const { id, link } = await begin()
  const browser = browse()
  const back = await graph.visit(browser.buttonOf(await browser.open(link)), 'cancel')
  expect((await browser.open(back.href)).status).toBe(422)
  expect(await signInOf(id)).toMatchObject({
    status: 'failed',
    failure: { code: 'consent_denied', remedy: expect.stringContaining('de novo') },
  })
})

test('no page at all is no choice, and says what to tick', async () => {
  const { id, link } = await begin()
  expect((await browse().signIn(link)).status).toBe(422)
  expect((await signInOf(id)).failure).toMatchObject({ code: 'no_page_granted' })
})

test('every granted page is listed with its Instagram account and what it lacks', async () => {
  const whole = newPage({ name: 'Loja' })
  const plain = newPage({ instagram: undefined })
  const noTask = newPage({ tasks: ['ANALYZE'] })
  const half = newPage({ notFor: ['pages_messaging'] })
  newPage({ left: true })
  const signIn = await signedIn()
  const { status, pages: listed, declined, uncovered } = signIn
  expect({ status, declined, uncovered }).toEqual({
    status: 'ready',
    declined: false,
    uncovered: [],
  })
  const told = (id: string) => {
    const { connectable, faults } = listed.find((one: { page_id: string }) => one.page_id === id)
    return [connectable, ...faults.map(({ code }: { code: string }) => code)]
  }
  expect(told(whole.id)).toEqual([true])
  expect(told(plain.id)).toEqual([true, 'no_instagram_account'])
  expect(told(noTask.id)).toEqual([false, 'messaging_task_missing', 'moderate_task_missing'])
  expect(told(half.id)).toEqual([false, 'page_not_granted'])
  expect(listed).toHaveLength(4)
  expect(listed[0]).toMatchObject({ name: 'Loja', instagram: whole.instagram, inbox_id: null })
  expect(JSON.stringify(signIn)).not.toContain('EAA-')
  for (const id of [noTask.id, half.id, 'nobody’s']) {
    const refused = await choose(signIn.id, id)
    expect(refused).toMatchObject({ status: 422, body: { code: 'connection_failed' } })
    expect(refused.body.details.remedy).toMatch(/\w/)
  }
})

test('a permission that was declined is named, and asked for again', async () => {
  const page = newPage()
  graph.user.granted.splice(graph.user.granted.indexOf('instagram_manage_messages'), 1)
  graph.user.declined.push('instagram_manage_messages')
  const declined = await signedIn()
  expect(declined.declined).toBe(true)
  expect((await choose(declined.id, page.id)).body.details.reason).toBe('meta_permission_missing')
  const { id, link } = await begin({ ask_again: true })
  await browse().signIn(link)
  expect(await signInOf(id)).toMatchObject({ status: 'ready', declined: false })
})

test('the chosen page becomes an inbox with its agents, the default rules and ClaudIA', async () => {
  const page = newPage({ name: 'Loja' })
  const { id } = await signedIn()
  const made = await choose(id, page.id, { agent_ids: [platform.administratorId] })
  expect(made).toMatchObject({
    status: 201,
    body: { state: 'connecting', address: `@${page.instagram!.username}` },
  })
  const inboxId = made.body.id
  await waitForState(inboxId, 'active')
  expect(page.subscribed).toContain('messages')
  const others = [...graph.pages.values()].filter((one) => one !== page)
  expect(others.every(({ subscribed }) => subscribed === undefined)).toBe(true)
  const members = async () =>
    (await api.get(`/inboxes/${inboxId}/members`)).body.data.map(({ id }: { id: number }) => id)
  await waitFor(async () => (await members()).includes(platform.claudiaId), { what: 'ClaudIA' })
  expect(await members()).toContain(platform.administratorId)
  const rules = JSON.stringify((await api.get('/rules')).body.data)
  expect(rules).toContain(String(inboxId))
  const again = await signInOf(id)
  const own = again.pages.find((one: { page_id: string }) => one.page_id === page.id)
  expect(own).toMatchObject({ inbox_id: inboxId, connectable: false })
  expect((await choose(id, page.id)).body).toMatchObject({
    code: 'channel_already_connected',
    details: { inbox_id: inboxId },
  })
})

test('a page of another account is not offered, and that account is not named', async () => {
  const page = newPage()
  const { account } = await createAccount(platform.db, {
    name: 'Other',
    adminName: 'Bea',
    adminEmail: 'bea@other.test',
  })
  const { inboxId } = await createInbox(platform.db, platform.vault, {
    accountId: account.id,
    name: 'Other',
    channel: 'instagram',
    address: page.id,
    settings: { page_id: page.id, instagram_id: null },
    credentials: { page_token: page.token, user_id: graph.user.id },
  })
  const theirs = { accountId: account.id, inboxId }
  await waitFor(async () => (await platform.row(theirs)).phase === 'active', { what: 'theirs' })
  const signIn = await signedIn()
  const listed = signIn.pages.find((one: { page_id: string }) => one.page_id === page.id)
  expect(listed).toMatchObject({ inbox_id: null, connectable: false })
  expect(listed.faults[0].code).toBe('page_connected_elsewhere')
  expect(JSON.stringify(signIn)).not.toContain('Other')
  expect((await choose(signIn.id, page.id)).status).toBe(409)
})

test('what nobody has chosen from yet survives that workers and API are started anew', async () => {
  const page = newPage()
  const { id, link } = await begin()
  const browser = browse()
  const back = await browser.consent(link)
  await platform.firstWorker.stop()
  const answer = browser.open(back)
  await platform.addWorker()
  expect((await answer).status).toBe(200)
  const another = await apiOf(platform, ENV)
  const { body } = await another.get(`${signIns}/${id}`)
  await another.close()
  expect(body.pages.map((one: { page_id: string }) => one.page_id)).toContain(page.id)
  expect((await choose(id, page.id)).status).toBe(201)
})

test('after half an hour nothing of a sign-in is left to choose from', async () => {
  const page = newPage()
  const { id, expires_at } = await signedIn()
  const left = Date.parse(expires_at) - Date.now()
  expect(left).toBeGreaterThan(29 * 60_000)
  expect(left).toBeLessThanOrEqual(30 * 60_000)
  await platform.db
    .updateTable('connect_drafts')
    .set({ expires_at: new Date() })
    .where('id', '=', id)
    .execute()
  expect((await api.get(`${signIns}/${id}`)).status).toBe(404)
  expect((await choose(id, page.id)).status).toBe(404)
})

test('a sign-in that leaves out a connected page warns of it by name', async () => {
  const { page, inboxId, inbox } = await connected()
  newPage()
  page.left = true
  const { uncovered } = await signedIn()
  expect(uncovered).toEqual([{ inbox_id: inboxId, name: 'Loja', address: inbox.address }])
})

test('reconnecting takes the same page alone, wherever it is on the list, and mends the inbox', async () => {
  const page = newPage({ instagram: undefined })
  const { inboxId } = await connected(page)
  for (let more = 0; more < 130; more++) newPage()
  // Last of all, behind the second page of Meta's list.
  graph.pages.delete(page.id)
  graph.pages.set(page.id, page)
  const before = page.token
  graph.deaths.set(before, 460)
  await waitForState(inboxId, 'reauthorization_required')
  const link = async () =>
    (await api.post(`/inboxes/${inboxId}/reconnect`)).body.authorization.url as string

  page.left = true
  const refused = await browse().signIn(await link())
  expect(refused.status).toBe(422)
  expect(textOf(refused)).toMatch(/Page \d+ .*this inbox is Page \d+/s)
  const ref = [platform.accountId, inboxId] as const
  const kept = await readCredentials(platform.db, platform.vault, ...ref)
  expect(kept).toMatchObject({ page_token: before })
  expect((await shown(inboxId)).health.receive.reason).toBe('password_changed')

  page.left = false
  page.token = `${before}-anew`
  page.instagram = { id: '17linked', username: 'linked' }
  const way = await link()
  expect(textOf(await browse().open(way))).toContain('stays the inbox')
  expect((await browse().signIn(way)).status).toBe(200)
  await waitForState(inboxId, 'active')
  const { settings, attention } = await shown(inboxId)
  expect({ settings, attention }).toMatchObject({
    attention: 'none',
    settings: { instagram_username: 'linked' },
  })
  const { provider_ids } = await platform.row({ accountId: platform.accountId, inboxId })
  expect(provider_ids).toEqual([page.id, '17linked'])
})

test('disconnecting ends the subscription of this page, and of no other of the same person', async () => {
  const one = await connected()
  const other = await connected()
  await api.remove(`/inboxes/${one.inboxId}`)
  expect(one.page.subscribed).toBeUndefined()
  expect(other.page.subscribed).toContain('messages')
})

test('no history holds a token, a code or the name of a page', async () => {
  const secrets = ['EAA-', 'AQ-', 'Page 7', 'Loja', 'linked']
  let seen = 0
  for await (const { workflowId, runId } of platform.client.workflow.list()) {
    const handle = platform.client.workflow.getHandle(workflowId, runId)
    const history = JSON.stringify(await handle.fetchHistory(), (_, value) =>
      value?.type === 'Buffer' ? Buffer.from(value.data).toString() : value,
    )
    seen += 1
    for (const secret of secrets) expect(history, workflowId).not.toContain(secret)
  }
  expect(seen).toBeGreaterThan(10)
})
