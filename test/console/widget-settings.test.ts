// An administrator changes a widget after its wizard; what is saved is what visitors get.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { invitationLink } from '../../api/invitations.ts'
import { identityHash } from '../../channels/widget/index.ts'
import { findLogin } from '../../db/logins.ts'
import { buildConsole } from '../../scripts/platform/build-pages.ts'
import { type ApiUnderTest, startApi } from '../api/api-under-test.ts'
import { connectWidget, type WidgetUnderTest } from '../api/widget-under-test.ts'
import { waitFor } from '../support/wait-for.ts'
import { obstaclesOn } from './accessible.ts'
import { keepScreenshot, startBrowser, type Visitor } from './browser.ts'

let api: ApiUnderTest
let widget: WidgetUnderTest
let browser: Awaited<ReturnType<typeof startBrowser>>
let ada: Visitor
let url: string

beforeAll(async () => {
  await buildConsole()
  api = await startApi()
  const [account] = api.accounts
  await api.call(account, 'POST', '/custom_attribute_definitions', {
    payload: { target: 'conversation', key: 'pedido', name: 'Pedido', type: 'text' },
  })
  widget = await connectWidget(api, account)
  url = await api.app.listen({ host: 'localhost', port: 0 })
  browser = await startBrowser()
  ada = await browser.visit()
  const user = await findLogin(api.db, account.accountId, account.adminId)
  const link = invitationLink({ config: api.config, clock: () => new Date() }, user!).url
  await ada.page.goto(link.replace(api.config.publicUrl, url))
  await ada.page.getByLabel('Nova senha').fill('correct horse battery')
  await ada.page.getByRole('button', { name: 'Definir a senha e entrar' }).click()
  await ada.page.getByRole('heading', { name: 'Caixas de entrada' }).waitFor()
})
afterAll(async () => {
  await browser?.close()
  await api?.stop()
})

const settings = async () =>
  (await api.call(api.accounts[0], 'GET', `/widgets/${widget.inboxId}`)).body

async function open(tab: 'settings' | 'widget') {
  await ada.page.goto(`${url}/console/inboxes/${widget.inboxId}?tab=${tab}`)
  await ada.page.getByRole('status', { name: 'Carregando' }).waitFor({ state: 'detached' })
  return ada.page
}

async function choose(label: string, option: string) {
  await ada.page.getByRole('combobox', { name: label }).click()
  await ada.page.getByRole('option', { name: option, exact: true }).click()
}

test('texts, colour and domains are seen before they are saved, and are the visitors’ afterwards', async () => {
  const page = await open('settings')
  await page.getByLabel('Título de boas-vindas').fill('Fale com a loja')
  await page.getByLabel('Texto de boas-vindas').fill('Respondemos em um minuto.')
  await page.getByLabel('Cor', { exact: true }).fill('#7a1fa2')
  await choose('Lado da página', 'Esquerdo')
  const preview = page.getByRole('region', { name: 'Prévia' })
  await preview.getByText('Fale com a loja').waitFor()
  await preview.getByText('Respondemos em um minuto.').waitFor()
  await preview.locator('[data-side=left]').waitFor()
  const painted = `getComputedStyle(document.querySelector('[data-side=left]')).backgroundColor`
  expect(await page.evaluate(painted)).toBe('rgb(122, 31, 162)')
  await page.getByLabel('Validação de Domínio').fill('loja.example\nhttps://*.loja.example:8080/x')
  await page.getByRole('button', { name: 'Salvar o chat' }).click()
  await page.getByText('Salvo.').waitFor()
  expect(await settings()).toMatchObject({
    welcome_title: 'Fale com a loja',
    colour: '#7a1fa2',
    position: 'left',
    domains: ['loja.example', '*.loja.example'],
  })
  const { start } = await widget.visitor('https://www.loja.example')
  expect(start.widget).toMatchObject({
    welcome_text: 'Respondemos em um minuto.',
    colour: '#7a1fa2',
  })
})

test('what cannot be is refused beside the button, in words', async () => {
  const page = await open('settings')
  await page.getByLabel('Validação de Domínio').fill('not a domain!')
  await page.getByRole('button', { name: 'Salvar o chat' }).click()
  await page
    .getByRole('alert')
    .getByText(/domains\.2/)
    .waitFor()
})

test('Múltiplas conversas por usuário, questions and business hours are set, and visitors are asked', async () => {
  const page = await open('settings')
  await choose('Validação de identidade', 'Para quem ele assina')
  await page.getByLabel('Múltiplas conversas por usuário').check()
  await page.getByLabel('Um histórico de todos os canais').check()
  await page.getByRole('button', { name: 'Adicionar pergunta' }).click()
  const question = page.getByRole('group', { name: 'Pergunta 1' })
  await question.getByRole('textbox', { name: 'Pergunta' }).fill('Número do pedido')
  await question.getByRole('combobox', { name: 'Preenche' }).click()
  await page.getByRole('option', { name: 'Pedido' }).click()
  await question.getByLabel('Resposta obrigatória').check()
  await page.getByRole('region', { name: 'Prévia' }).getByText('Número do pedido').waitFor()
  await page.getByLabel('Avisar os visitantes quando não há ninguém').check()
  await page.getByLabel('Texto quando não há ninguém').fill('Voltamos amanhã.')
  await page.getByRole('button', { name: 'Salvar o chat' }).click()
  await waitFor(async () => (await settings()).business_hours !== null, { what: 'it is saved' })
  expect(await settings()).toMatchObject({
    identity_validation: 'optional',
    multiple_conversations: true,
    history_of_all_channels: true,
    pre_chat_fields: [
      { label: 'Número do pedido', target: 'conversation', attribute: 'pedido', required: true },
    ],
    business_hours: { time_zone: 'America/Sao_Paulo', away_text: 'Voltamos amanhã.' },
  })
  await keepScreenshot(page, 'widget-settings')
  expect(await obstaclesOn(page)).toEqual([])
})

test('an identity token is shown once, a second one takes over, and the testers tell them apart', async () => {
  const page = await open('settings')
  const make = page.getByRole('button', { name: 'Criar um token de identidade' })
  const shown = page.getByRole('status').filter({ hasText: 'só para o seu back-end' })
  const made: string[] = []
  for (const nth of [1, 2]) {
    await make.click()
    const ends = page.getByRole('button', { name: 'Encerrar o token' })
    await waitFor(async () => (await ends.count()) === nth, { what: `${nth} tokens` })
    const token = await waitFor(
      async () => {
        const text = await shown.locator('pre').textContent()
        return made.includes(text ?? '') ? undefined : text
      },
      { what: 'another token' },
    )
    made.push(token)
  }
  expect(await make.isDisabled()).toBe(true)
  await page.reload()
  expect(await page.locator('body').textContent()).not.toContain(made[1])

  const says = async (token: string, words: string) => {
    const scripts = await open('widget')
    await scripts.getByLabel('Identificador').fill('42')
    await scripts.getByRole('textbox', { name: 'identifier_hash' }).fill(identityHash(token, '42'))
    await scripts.getByRole('button', { name: 'Testar o hash' }).click()
    await scripts.getByText(words).waitFor()
  }
  for (const token of made) await says(token, 'O hash está certo')
  await open('settings')
  await page.getByRole('button', { name: 'Encerrar o token' }).first().click()
  await page.getByRole('dialog').getByRole('button', { name: 'Encerrar o token' }).click()
  await waitFor(async () => !(await make.isDisabled()), { what: 'one is ended' })
  await says(made[0]!, 'outro token')
  await says(made[1]!, 'O hash está certo')
})

test('an agent sees in the conversation that nobody vouched for the visitor', async () => {
  const visitor = await widget.visitor('https://loja.example')
  const { body } = await visitor.begin('Olá', {
    conversation: { custom_attributes: { pedido: '7' } },
  })
  const { page } = ada
  await page.goto(`${url}/console/conversations/${body.conversation.id}`)
  await page.getByText('Visitante não verificado').waitFor()
  await keepScreenshot(page, 'conversation-unverified')
  expect(await obstaclesOn(page)).toEqual([])
})

test('nothing on the way made the browser complain', () => {
  expect(ada.complaints).toEqual([])
})
