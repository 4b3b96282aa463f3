// Files that the malware scanner refuses: neither taken nor handed out.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ClamdSimulator, EICAR, startClamd } from '../simulators/clamd.ts'
import { fileForm } from '../support/file-form.ts'
import { type ApiUnderTest, startApi } from './api-under-test.ts'
import { furnish, type Things } from './tenant.ts'

let clamd: ClamdSimulator
let api: ApiUnderTest
let things: Things

beforeAll(async () => {
  clamd = await startClamd()
  api = await startApi({ CLAMD_ADDRESS: clamd.address })
  things = await furnish(api, api.accounts[0], 'refused')
})
afterAll(async () => {
  await api?.stop()
  clamd?.close()
})

test('an infected upload is refused with a word why', async () => {
  const [account] = api.accounts
  const upload = async (content: string) =>
    api.call(account, 'POST', '/uploads', await fileForm(content, { name: 'a.txt' }))
  expect(await upload(`look ${EICAR}`)).toMatchObject({
    status: 422,
    body: { code: 'file_refused', details: { reason: 'infected' } },
  })
  expect((await upload('look')).status).toBe(201)
})

test('an attachment that was refused says why, and an older link to it opens nothing', async () => {
  const [account] = api.accounts
  const path = `/conversations/${things.conversations}/messages`
  const { body: file } = await api.call(account, 'POST', '/uploads', await fileForm('look'))
  const sent = await api.call(account, 'POST', path, { payload: { attachments: [file.id] } })
  const [{ id, url }] = sent.body.attachments
  await api.db
    .updateTable('attachments')
    .set({ state: 'refused', reason: 'infected', storage_key: null })
    .where('id', '=', id)
    .execute()
  const { pathname, search } = new URL(url)
  const opened = await api.app.inject(pathname + search)
  expect(opened.statusCode).toBe(403)
  expect(opened.json()).toMatchObject({
    code: 'attachment_refused',
    details: { reason: 'infected' },
  })
  const { body: shown } = await api.call(account, 'GET', path)
  const message = shown.data.find((one: { id: number }) => one.id === sent.body.id)
  expect(message.attachments).toMatchObject([{ state: 'refused', reason: 'infected', url: null }])
})
