// People who take back what they allowed at Facebook, as Meta tells it: signed by the app.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readCredentials, writeCredentials } from '../../db/credentials.ts'
import { signedRequest } from '../simulators/meta/webhook.ts'
import { textOf } from '../support/consent-browser.ts'
import { type ApiUnderTest, startApi } from './api-under-test.ts'
import { connectPage, META_ENV } from './meta-inbox.ts'

let api: ApiUnderTest
beforeAll(async () => {
  api = await startApi(META_ENV)
})
afterAll(() => api?.stop())

const OWNER = 'asid-7'
const AGO = 60
/** Connected a minute ago by this person. */
async function pageOf(owner = OWNER, account = 0) {
  const inbox = await connectPage(api, api.accounts[account]!)
  await api.db
    .updateTable('credentials')
    .set({ owner, updated_at: new Date(Date.now() - AGO * 1000) })
    .where('inbox_id', '=', inbox.inboxId)
    .execute()
  return inbox
}

const seconds = () => Math.floor(Date.now() / 1000)
const withdrawal = (more: object = {}) => ({
  algorithm: 'HMAC-SHA256',
  issued_at: seconds(),
  user_id: OWNER,
  ...more,
})
async function tell(path: string, payload: object, secret = META_ENV.META_APP_SECRET) {
  const form = new URLSearchParams({ signed_request: signedRequest(secret, payload) })
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  return api.app.inject({ method: 'POST', url: `/meta/${path}`, headers, payload: form.toString() })
}
const healthOf = async ({ inboxId, accountId }: { inboxId: number; accountId: number }) => {
  const account = api.accounts.find((one) => one.accountId === accountId)!
  const { state, health } = (await api.call(account, 'GET', `/inboxes/${inboxId}`)).body
  return { state, reason: health.receive.reason, evidence: health.receive.evidence }
}
const RED = {
  state: 'reauthorization_required',
  reason: 'app_removed',
  evidence: 'deauthorize callback',
}

test('who removed the app turns their pages red in every account, and nobody else’s', async () => {
  const [own, elsewhere, others] = [await pageOf(), await pageOf(OWNER, 1), await pageOf('asid-8')]
  expect((await tell('deauthorize', withdrawal())).statusCode).toBe(200)
  expect(await healthOf(own)).toEqual(RED)
  expect(await healthOf(elsewhere)).toEqual(RED)
  expect((await healthOf(others)).state).toBe('active')
  const incidents = (await api.call(api.accounts[0], 'GET', `/inboxes/${own.inboxId}/incidents`))
    .body
  expect(incidents.data).toMatchObject([{ reason: 'app_removed' }])
})

test('what is not signed by the app, or names nobody, changes nothing', async () => {
  const inbox = await pageOf()
  const refused = [
    await tell('deauthorize', withdrawal(), 'another-secret'),
    await tell('deauthorize', withdrawal({ user_id: undefined })),
    await tell('deauthorize', withdrawal({ algorithm: 'none' })),
    await tell('data_deletion', withdrawal(), 'another-secret'),
    await api.app.inject({ method: 'POST', url: '/meta/data_deletion', payload: 'x' }),
  ]
  expect(refused.map(({ statusCode }) => statusCode)).toEqual([403, 403, 403, 403, 403])
  expect((await healthOf(inbox)).state).toBe('active')
})

test('word that comes after a new sign-in is too late', async () => {
  const inbox = await pageOf()
  const ref = { accountId: inbox.accountId, inboxId: inbox.inboxId }
  await writeCredentials(api.db, api.vault, ref, { page_token: 'EAA-anew' }, new Date())
  await tell('deauthorize', withdrawal({ issued_at: seconds() - AGO / 2 }))
  expect((await healthOf(inbox)).state).toBe('active')
})

test('who wants to be forgotten is, and gets a code and a page that says so', async () => {
  const inbox = await pageOf()
  const reply = await tell('data_deletion', withdrawal())
  const { url, confirmation_code: code } = reply.json()
  expect(url).toBe(`${api.config.publicUrl}/meta/data_deletion/${code}`)
  expect(await readCredentials(api.db, api.vault, inbox.accountId, inbox.inboxId)).toBeUndefined()
  expect((await healthOf(inbox)).state).toBe('reauthorization_required')
  const page = await api.app.inject({
    url: new URL(url).pathname,
    headers: { 'accept-language': 'en' },
  })
  expect(page.statusCode).toBe(200)
  expect(textOf({ status: 200, html: page.body, headers: {} })).toMatch(/was deleted at 20/)
  expect(url).not.toContain(OWNER)
  for (const wrong of [`1${code}`, code.slice(0, -2), 'x']) {
    expect((await api.app.inject(`/meta/data_deletion/${wrong}`)).statusCode).toBe(404)
  }
  expect((await tell('data_deletion', withdrawal({ user_id: 'unknown' }))).statusCode).toBe(200)
})
