// What a channel would refuse is said while the answer is written.
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { replaceTemplates } from '../../db/templates.ts'
import { connectPage, META_ENV, pushMeta } from '../api/meta-inbox.ts'
import { connectNumber } from '../api/whatsapp-number.ts'
import { obstaclesOn } from './accessible.ts'
import { keepScreenshot, type Visitor } from './browser.ts'
import { type Office, startOffice } from './office.ts'

let office: Office
let ana: Visitor

beforeAll(async () => {
  office = await startOffice({}, META_ENV)
  ana = await office.administrator()
})
afterAll(() => office?.stop())
afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') await keepScreenshot(ana.page, 'failed-composer')
})

async function open(inboxId: number): Promise<number> {
  const { data } = (await office.api.get(`/conversations?inbox_id=${inboxId}`)).body
  await ana.page.goto(`${office.url}/console/conversations/${data[0].id}`)
  await ana.page.getByLabel('Resposta', { exact: true }).last().waitFor()
  return data[0].id
}

const send = () => ana.page.getByRole('button', { name: 'Enviar', exact: true })

test('Instagram counts bytes as they are typed, and takes a file only alone', async () => {
  const { page } = ana
  const shop = await connectPage(office.platform, office.platform)
  await pushMeta(office.api, [shop.entry([shop.message('Oi')])])
  await open(shop.inboxId)
  const answer = page.getByLabel('Resposta', { exact: true }).last()
  await answer.fill('é')
  await page.getByText('Restam 998 bytes').waitFor()
  await page.getByText('O contato pode receber resposta até').waitFor()
  expect(await send().isEnabled()).toBe(true)
  await answer.fill('é'.repeat(502))
  await page.getByText('4 bytes a mais').waitFor()
  expect(await send().isDisabled()).toBe(true)
  expect(await obstaclesOn(page)).toEqual([])
  await keepScreenshot(page, 'composer-too-long')
  await answer.fill('foto')
  const [chooser] = await Promise.all([
    page.waitForEvent('filechooser'),
    page.getByRole('button', { name: 'Anexar arquivos' }).click(),
  ])
  await chooser.setFiles({ name: 'a.png', mimeType: 'image/png', buffer: Buffer.from('x') })
  await page.getByText('Aqui um arquivo vai sozinho, sem texto.').waitFor()
  expect(await send().isDisabled()).toBe(true)
  // A note never leaves, so nothing limits it.
  await page.getByText('Nota privada', { exact: true }).first().click()
  await page.getByLabel('Nota privada', { exact: true }).last().fill('é'.repeat(502))
  expect(await page.getByRole('button', { name: 'Salvar a nota' }).isEnabled()).toBe(true)
})

test('WhatsApp: once the window is over only a template can be sent, with its words in place', async () => {
  const { page } = ana
  const { db, accountId } = office.platform
  const number = await connectNumber(office.platform, office.platform)
  await pushMeta(office.api, [number.messages(number.text('Oi'))], {
    object: 'whatsapp_business_account',
  })
  await db
    .updateTable('messages')
    .set({ delivered_at: new Date(Date.now() - 25 * 3_600_000) })
    .where('inbox_id', '=', number.inboxId)
    .execute()
  await replaceTemplates(db, { accountId, inboxId: number.inboxId }, [
    {
      id: 'retorno:pt_BR',
      name: 'retorno',
      language: 'pt_BR',
      body: 'Olá {{1}}, podemos continuar?',
      variables: { 1: 'Bia' },
      approved: true,
    },
  ])
  const conversationId = await open(number.inboxId)
  await page
    .getByRole('status')
    .getByText(/há tempo demais/)
    .first()
    .waitFor()
  await page.getByLabel('Resposta', { exact: true }).last().fill('Oi')
  expect(await send().isDisabled()).toBe(true)
  await keepScreenshot(page, 'composer-window-closed')
  await page.getByText('Modelo', { exact: true }).click()
  await page.getByRole('combobox', { name: 'Modelo' }).click()
  await page.getByRole('option', { name: /retorno/ }).click()
  await page.getByRole('textbox', { name: '1' }).fill('Sheena')
  await page.getByText('Olá Sheena, podemos continuar?').waitFor()
  expect(await obstaclesOn(page)).toEqual([])
  await keepScreenshot(page, 'composer-template')
  await send().click()
  await page.getByRole('list', { name: 'Mensagens' }).getByText('Olá Sheena').waitFor()
  const { data } = (await office.api.get(`/conversations/${conversationId}/messages`)).body
  expect(data[0]).toMatchObject({ content_type: 'template', direction: 'outgoing' })
})

test('the browser complained of nothing', () => {
  expect(ana.complaints).toEqual([])
})
