// An administrator at the console, from the first start to a mailbox that broke and was mended:
// real API, workers, Postgres, Temporal, Dovecot, SMTP and Chromium.
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { invitationLink } from '../../api/invitations.ts'
import { findLogin } from '../../db/logins.ts'
import { buildConsole } from '../../scripts/platform/build-pages.ts'
import { type Mailbox, startMailbox } from '../support/mail-server.ts'
import { type ApiOfPlatform, apiOf } from '../workers/api-of-platform.ts'
import { type Platform, startPlatform } from '../workers/platform.ts'
import { obstaclesOn } from './accessible.ts'
import { keepScreenshot, startBrowser, type Visitor } from './browser.ts'

let platform: Platform
let mailbox: Mailbox
let api: ApiOfPlatform
let browser: Awaited<ReturnType<typeof startBrowser>>
let ana: Visitor
let url: string

const MAILS = 40
const PASSWORD = 'correct horse battery'

beforeAll(async () => {
  await buildConsole()
  platform = await startPlatform({ tuning: { importPage: 10 } })
  mailbox = await startMailbox()
  await mailbox.deliverAll(Array.from({ length: MAILS }, (_, n) => ({ raw: oldMail(n) })))
  api = await apiOf(platform)
  url = await api.app.listen({ host: 'localhost', port: 0 })
  browser = await startBrowser()
  ana = await browser.visit()
})
afterAll(async () => {
  await browser?.close()
  await api?.close()
  await platform?.stop()
  await mailbox?.stop()
})

afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') await keepScreenshot(ana.page, 'failed')
})

test('the first administrator opens the printed link, sets a password and is inside', async () => {
  const { page } = ana
  const user = await findLogin(platform.db, platform.accountId, platform.administratorId)
  const { config } = api
  const link = invitationLink({ config, clock: () => new Date() }, user!).url
  await page.goto(link.replace(config.publicUrl, url))
  await page.getByLabel('Nova senha').fill(PASSWORD)
  await page.getByRole('button', { name: 'Definir a senha e entrar' }).click()
  await page.getByRole('heading', { name: 'Caixas de entrada' }).waitFor()
  await page.getByText('Nenhuma caixa de entrada ainda').waitFor()
  await page.getByRole('button', { name: 'Ana' }).click()
  await page.getByRole('menuitem', { name: 'Sair' }).click()
  await page.getByRole('textbox', { name: 'E-mail' }).fill('ana@shop.test')
  await page.getByRole('textbox', { name: 'Senha' }).fill('not the password')
  await page.getByRole('button', { name: 'Entrar' }).click()
  await page.getByText('O endereço ou a senha está incorreto.').waitFor()
  await page.getByRole('textbox', { name: 'Senha' }).fill(PASSWORD)
  await page.getByRole('button', { name: 'Entrar' }).click()
  await page.getByRole('heading', { name: 'Caixas de entrada' }).waitFor()
})

test('a mailbox is connected: each server is tested alone, and a wrong password is named', async () => {
  const { page } = ana
  await page.getByRole('link', { name: 'Adicionar caixa de entrada' }).click()
  await page.getByText('E-mail, outros provedores').click()
  await page.getByLabel('Nome da caixa de entrada').fill('Suporte')
  await page.getByLabel('Endereço de e-mail').fill(mailbox.address)
  for (const [kind, port] of [
    ['IMAP', mailbox.imap.port],
    ['SMTP', mailbox.smtp.port],
  ] as const) {
    const server = page.getByRole('group', { name: kind })
    await server.getByLabel('Endereço do servidor').fill('127.0.0.1')
    await server.getByRole('combobox', { name: 'Criptografia' }).click()
    await page.getByRole('option', { name: 'Nenhuma' }).click()
    await server.getByLabel('Porta').fill(String(port))
    await server.getByLabel('Login').fill(mailbox.address)
    await server.getByRole('textbox', { name: 'Senha' }).fill('wrong')
    await server.getByRole('button', { name: /^Testar/ }).click()
    await server.getByText('Ainda não funciona').waitFor()
    await server.getByText('O servidor de e-mail recusou o login ou a senha.').waitFor()
    await server.getByRole('textbox', { name: 'Senha' }).fill(mailbox.password)
    await server.getByRole('button', { name: /^Testar/ }).click()
    await server.getByText('Funciona', { exact: true }).waitFor()
  }
  await keepScreenshot(page, 'wizard-connect')
  await page.getByRole('button', { name: 'Avançar' }).click()
  await page.getByRole('checkbox', { name: /Ana/ }).waitFor()
  await keepScreenshot(page, 'wizard-agents')
  await page.locator('form').getByRole('button', { name: 'Conectar' }).click()
  await page.getByRole('heading', { name: 'Suporte está configurada' }).waitFor()
})

test('its import is watched to the end, without a reload and after one', async () => {
  const { page } = ana
  await page.getByRole('link', { name: 'Ir para a caixa de entrada' }).click()
  await page.getByText('A importação terminou').waitFor()
  await page.getByText(`${MAILS} de ${MAILS} e-mails`).waitFor()
  await page.reload()
  await page.getByText('A importação terminou').waitFor()
  expect(await page.getByRole('progressbar').getAttribute('aria-valuenow')).toBe('100')
  await page.getByText('Ativa', { exact: true }).waitFor()
  await keepScreenshot(page, 'inbox-overview')
})

test('a mail that arrives is on the screen by itself, and an answer goes out', async () => {
  const { page } = ana
  await page.getByRole('link', { name: 'Conversas' }).first().click()
  await page.getByRole('heading', { name: 'Conversas' }).waitFor()
  await mailbox.deliver(newMail())
  await page.getByText('Onde está meu pedido?').first().click()
  await page.frameLocator('iframe').getByText('Chega hoje?').waitFor()
  expect(await page.title()).toContain('Onde está meu pedido?')
  await page.getByLabel('Resposta', { exact: true }).last().fill('Sim, até as 18h.')
  await page.getByRole('button', { name: 'Enviar', exact: true }).click()
  await page.getByText('Enviada', { exact: true }).waitFor()
  expect(mailbox.smtp.received.length).toBeGreaterThan(0)
  await page.getByText('Nota privada', { exact: true }).first().click()
  await page.getByLabel('Nota privada', { exact: true }).last().fill('Cliente antigo')
  await page.getByRole('button', { name: 'Salvar a nota' }).click()
  await page.getByText('Cliente antigo').first().waitFor()
  await page.getByRole('combobox', { name: 'Status' }).click()
  await page.getByRole('option', { name: 'Resolvida' }).click()
  await keepScreenshot(page, 'conversation')
})

test('a changed password turns the page red by itself, and its button mends it', async () => {
  const { page } = ana
  await mailbox.changePassword('another secret')
  await page.getByText(/Suporte \(support@shop\.test\) parou de receber/).waitFor()
  await page.getByText(/Nada foi perdido/).waitFor()
  await keepScreenshot(page, 'red-banner')
  await page.getByRole('link', { name: 'Clique aqui para reconectar' }).click()
  await page.getByLabel(/Nova senha de/).fill('another secret')
  await keepScreenshot(page, 'reconnect')
  await page.getByRole('button', { name: 'Reconectar' }).click()
  await page.getByText('Suporte está conectada de novo.').waitFor()
  await page.getByText(/parou de receber/).waitFor({ state: 'detached' })
  await page.getByText('Ativa', { exact: true }).waitFor()
})

test('a rule is built, tried on the conversation of before, and saved', async () => {
  const { page } = ana
  const [conversation] = (await api.get('/conversations')).body.data
  await page.getByRole('link', { name: 'Automações' }).click()
  await page.getByText('Assign to claudia', { exact: false }).first().waitFor()
  await page.getByRole('link', { name: 'Adicionar regra' }).click()
  await page.getByRole('textbox', { name: 'Nome' }).fill('Pedidos')
  await page.getByRole('button', { name: 'Adicionar condição' }).click()
  await page.getByRole('combobox', { name: 'Condição' }).click()
  await page.getByRole('option', { name: 'Assunto' }).click()
  await page.getByRole('combobox', { name: 'Comparação' }).click()
  await page.getByRole('option', { name: 'contém', exact: true }).click()
  await page.getByLabel('Valores').first().fill('pedido')
  await page.getByLabel('Valores').first().press('Enter')
  await page.getByRole('button', { name: 'Adicionar ação' }).click()
  await page.getByLabel('Etiquetas').first().fill('pedidos')
  await page.getByLabel('Etiquetas').first().press('Enter')
  await page.getByLabel('Testar em uma conversa').fill(String(conversation.id))
  await page.getByRole('button', { name: 'Simular' }).click()
  await page.getByText('teria sido executada', { exact: true }).waitFor()
  await keepScreenshot(page, 'rule')
  await page.getByRole('button', { name: 'Salvar' }).click()
  await page.getByRole('link', { name: 'Pedidos' }).waitFor()
})

test('a chat for a website is made, and its testers answer', async () => {
  const { page } = ana
  await page.goto(`${url}/console/inboxes/new`)
  await page.getByText('Um chat no seu site.').click()
  await page.getByLabel('Nome da caixa de entrada').fill('Site')
  await page.getByLabel('Validação de Domínio').fill('loja.example')
  await page.getByRole('button', { name: 'Avançar' }).click()
  await page.locator('form').getByRole('button', { name: 'Conectar' }).click()
  await page.getByText('Código de incorporação').waitFor()
  await page.getByLabel('Esta página pode mostrar o widget?').fill('https://outra.example/')
  await page.getByRole('button', { name: 'Testar a página' }).click()
  await page.getByText('bloqueado, nenhuma regra o inclui').waitFor()
  await page.getByLabel('Esta página pode mostrar o widget?').fill('https://loja.example/x')
  await page.getByRole('button', { name: 'Testar a página' }).click()
  await page.getByText('permitido, uma regra o inclui').waitFor()
  await keepScreenshot(page, 'wizard-widget-done')
})

test('each channel says what to prepare before it asks for anything', async () => {
  const { page } = ana
  for (const [channel, text] of [
    ['E-mail, outros provedores', 'Um grupo ou lista de distribuição não consegue entrar.'],
    ['E-mail, Google', 'outras pastas e o spam não'],
    ['E-mail, Microsoft', '“Tornar o principal”'],
    ['WhatsApp, Twilio', 'Messaging Service: None'],
    ['Um número pela Cloud API', 'whatsapp_business_management'],
    ['Um chat no seu site.', 'ou todas viram um só contato'],
  ] as const) {
    await page.goto(`${url}/console/inboxes/new`)
    await page.getByRole('main').getByText(channel).first().click()
    await page.getByText(text).waitFor()
    await page.getByLabel('Nome da caixa de entrada').waitFor()
    expect(await obstaclesOn(page), channel).toEqual([])
  }
})

test.each([
  ['pt-BR', 'light'],
  ['en-US', 'dark'],
] as const)(
  'every page can be used by everybody: %s, %s',
  {
    // Thirty pages, each looked at by axe.
    timeout: 300_000,
  },
  async (locale, colorScheme) => {
    const [conversation] = (await api.get('/conversations')).body.data
    const [inbox, widget] = (await api.get('/inboxes')).body.data
    const paths = [
      'login',
      'welcome',
      'inboxes',
      'inboxes/new',
      `inboxes/${inbox.id}`,
      `inboxes/${inbox.id}?tab=timeline`,
      `inboxes/${inbox.id}?tab=quarantine`,
      `inboxes/${inbox.id}?tab=agents`,
      `inboxes/${inbox.id}?tab=settings`,
      `inboxes/${inbox.id}?reconnect=true`,
      `inboxes/${widget.id}?tab=widget`,
      'conversations',
      `conversations/${conversation.id}`,
      'contacts',
      `contacts/${conversation.contact_id}`,
      'automations',
      'automations?tab=runs',
      'automations/1',
      'automations/new',
      'settings/agents',
      'settings/teams',
      'settings/attributes',
      'settings/claudia',
      'settings/api-keys',
      'settings/webhooks',
      'settings/privacy',
      'profile',
      'nowhere',
    ]
    const storageState = await ana.page.context().storageState()
    const { page, complaints } = await browser.visit({
      locale,
      colorScheme,
      storageState,
      // A menu on its way out would lie over the page.
      reducedMotion: 'reduce',
    })
    const found: string[] = []
    for (const path of paths) {
      await page.goto(`${url}/console/${path}`)
      await page.locator('h1, [role=dialog]').first().waitFor()
      await page.getByRole('status', { name: /Carregando|Loading/ }).waitFor({ state: 'detached' })
      await keepScreenshot(page, `${path.replace(/\W+/g, '-')}-${colorScheme}`)
      for (const obstacle of await obstaclesOn(page)) found.push(`${path}: ${obstacle}`)
      await page.setViewportSize({ width: 390, height: 844 })
      await keepScreenshot(page, `${path.replace(/\W+/g, '-')}-${colorScheme}-narrow`)
      const width = await page.evaluate<number>('document.documentElement.scrollWidth')
      if (width > 390) found.push(`${path}: ${width} pixels wide on a screen of 390`)
      await page.setViewportSize({ width: 1280, height: 900 })
    }
    expect(found).toEqual([])
    expect(complaints).toEqual([])
  },
)

test('nothing on the way made the browser complain', () => {
  expect(ana.complaints).toEqual([])
})

function oldMail(n: number): string {
  const date = new Date(Date.UTC(2026, 0, 1, 12, n)).toUTCString()
  return mail({ from: `Cliente ${n} <c${n}@cliente.test>`, subject: `Pedido ${n}`, date })
}

function newMail(): string {
  const date = new Date().toUTCString()
  const html = '<p>Chega <b>hoje</b>?</p><script>parent.document.title = "owned"</script>'
  return mail({ from: 'Bia <bia@cliente.test>', subject: 'Onde está meu pedido?', date, html })
}

function mail(parts: { from: string; subject: string; date: string; html?: string }): string {
  const { from, subject, date, html = '<p>Texto</p>' } = parts
  return [
    `From: ${from}`,
    `To: support@shop.test`,
    `Subject: =?utf-8?B?${Buffer.from(subject).toString('base64')}?=`,
    `Date: ${date}`,
    `Message-ID: <${crypto.randomUUID()}@cliente.test>`,
    'MIME-Version: 1.0',
    'Content-Type: text/html; charset=utf-8',
    '',
    html,
    '',
  ].join('\r\n')
}
