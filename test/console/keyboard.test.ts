// The main ways through the console without a mouse: in, a mailbox connected, an answer, out.
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type Mailbox, startMailbox } from '../support/mail-server.ts'
import { keepScreenshot, type Visitor } from './browser.ts'
import { tabTo } from './by-keyboard.ts'
import { customerMail, type Office, startOffice } from './office.ts'

let office: Office
let mailbox: Mailbox
let ana: Visitor

beforeAll(async () => {
  ;[office, mailbox] = await Promise.all([startOffice(), startMailbox()])
  ana = await office.administrator()
})
afterAll(async () => {
  await office?.stop()
  await mailbox?.stop()
})
afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') await keepScreenshot(ana.page, 'failed-keyboard')
})

const type = (text: string) => ana.page.keyboard.type(text)
const press = (key: string) => ana.page.keyboard.press(key)
const go = (name: string | RegExp) => tabTo(ana.page, name)

/** In the list that the focused field opens. */
async function choose(name: string): Promise<void> {
  await press('Enter')
  const option = ana.page.getByRole('option', { name })
  await option.waitFor()
  for (let steps = 0; steps < 20; steps++) {
    if ((await option.getAttribute('data-combobox-selected')) !== null) break
    await press('ArrowDown')
  }
  await press('Enter')
  await option.waitFor({ state: 'hidden' })
}

test('the first stop leads past the menu to the content', async () => {
  const { page } = ana
  await page.goto(`${office.url}/console/inboxes`)
  await page.getByText('Nenhuma caixa de entrada ainda').waitFor()
  await go('Pular para o conteúdo')
  await press('Enter')
  await go('Adicionar caixa de entrada')
})

test('a mailbox is connected', async () => {
  const { page } = ana
  await press('Enter')
  await page.getByRole('heading', { name: 'Adicionar caixa de entrada' }).waitFor()
  await go(/^E-mail, outros provedores/)
  await press('Enter')
  await page.getByLabel('Nome da caixa de entrada').waitFor()
  await go('Nome da caixa de entrada')
  await type('Suporte')
  await go('Endereço de e-mail')
  await type(mailbox.address)
  for (const { port } of [mailbox.imap, mailbox.smtp]) {
    await go('Endereço do servidor')
    await type('127.0.0.1')
    await go('Criptografia')
    await choose('Nenhuma')
    // Back, since the port follows the encryption.
    await press('Shift+Tab')
    await press('Control+a')
    await type(String(port))
    await go('Login')
    await type(mailbox.address)
    await go('Senha')
    await type(mailbox.password)
  }
  await go('Testar o envio')
  await press('Enter')
  await page.getByText('Funciona', { exact: true }).waitFor()
  await go('Avançar')
  await press('Enter')
  await page.getByRole('checkbox', { name: /Ana/ }).waitFor()
  await go('Conectar')
  await press('Enter')
  await page.getByRole('heading', { name: 'Suporte está configurada' }).waitFor()
})

test('a conversation is found, answered and resolved', async () => {
  const { page } = ana
  await mailbox.deliver(customerMail({ subject: 'Troca de tamanho' }))
  await go('Ir para a caixa de entrada')
  await press('Enter')
  await page.getByText('Ativa', { exact: true }).waitFor()
  await go('Conversas')
  await press('Enter')
  await page.getByText('Troca de tamanho').first().waitFor()
  await go('Buscar')
  await type('trocas')
  await press('Enter')
  await page.waitForURL('**search=trocas**')
  await page.getByText('Troca de tamanho').first().waitFor()
  await go(/Troca de tamanho/)
  await press('Enter')
  await page.getByRole('heading', { name: /Troca de tamanho/ }).waitFor()
  // The choice between answer and note comes first, and bears the same name.
  await go('Cópia para')
  await go('Resposta')
  await type('Claro, qual tamanho?')
  await press('Control+Enter')
  await page.getByText('Enviada', { exact: true }).waitFor()
  await go('Status')
  await choose('Resolvida')
  await expect
    .poll(() => page.getByRole('combobox', { name: 'Status' }).inputValue(), { timeout: 60_000 })
    .toBe('Resolvida')
})

test('a dialog keeps the focus, Escape closes it, and the focus goes back', async () => {
  const { page } = ana
  const [inbox] = (await office.api.get('/inboxes')).body.data
  await page.goto(`${office.url}/console/inboxes/${inbox.id}?tab=settings`)
  await page.getByRole('button', { name: 'Desconectar esta caixa de entrada' }).waitFor()
  await go('Desconectar esta caixa de entrada')
  await press('Enter')
  await page.getByRole('dialog').waitFor()
  await go(/Digite o nome da caixa/)
  for (let stops = 0; stops < 12; stops++) {
    await press('Tab')
    expect(await page.evaluate('!!document.activeElement.closest("[role=dialog]")')).toBe(true)
  }
  await press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  await expect
    .poll(() => page.evaluate('document.activeElement.textContent'), { timeout: 60_000 })
    .toBe('Desconectar esta caixa de entrada')
})

test('out, and in again with the password', async () => {
  const { page } = ana
  await go('Ana')
  await press('Enter')
  await page.getByRole('menuitem', { name: 'Sair' }).waitFor()
  await press('ArrowDown')
  await press('End')
  await press('Enter')
  await page.getByRole('button', { name: 'Entrar' }).waitFor()
  await go('E-mail')
  await type('ana@shop.test')
  await go('Senha')
  await type('correct horse battery')
  await press('Enter')
  await page.getByRole('heading', { name: 'Caixas de entrada' }).waitFor()
})
