// The help-centre articles about mailboxes, step by step, by their labels and in their order.
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { createChannels } from '../../channels/registry.ts'
import { type Mailbox, startMailbox } from '../support/mail-server.ts'
import { type SignedInMailbox, startSignedInMailbox } from '../support/signed-in-mailbox.ts'
import { obstaclesOn } from './accessible.ts'
import { keepScreenshot, type Visitor } from './browser.ts'
import { customerMail, type Office, startOffice } from './office.ts'

let office: Office
let mailbox: Mailbox
let google: SignedInMailbox
let ana: Visitor

beforeAll(async () => {
  ;[mailbox, google] = await Promise.all([
    startMailbox({ address: 'support@shop.test' }),
    startSignedInMailbox('google', { address: 'loja@shop.test' }),
  ])
  office = await startOffice({
    channels: createChannels({
      policy: { allowHosts: ['127.0.0.0/8'] },
      ...google.app,
    }),
  })
  google.provider.redirectUris.push(`${office.url}/oauth/google/callback`)
  ana = await office.administrator()
}, 120_000)
afterAll(async () => {
  await office?.stop()
  await Promise.all([mailbox?.stop(), google?.stop()])
})
afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') await keepScreenshot(ana.page, 'failed-mail-articles')
})

async function addInbox(): Promise<void> {
  const { page } = ana
  await page.getByRole('link', { name: 'Caixas de entrada' }).first().click()
  await page.getByRole('link', { name: 'Adicionar caixa de entrada' }).click()
}

/** Signs in at the provider in the tab that the link opens, from our page on; what is said there. */
async function signIn(linkName: string): Promise<string> {
  const { page } = ana
  const [tab] = await Promise.all([
    page.context().waitForEvent('page'),
    page.getByRole('link', { name: linkName }).click(),
  ])
  await tab.getByRole('link', { name: /^Continuar para/ }).click()
  await tab.waitForURL('**/oauth/**')
  const said = (await tab.locator('main').textContent()) ?? ''
  await tab.close()
  return said
}

test('“Opção Outros Provedores”: from what to prepare to a mailbox that is connected', async () => {
  const { page } = ana
  await addInbox()
  await page.getByText('E-mail, outros provedores').click()
  // Passos 1A, 1B, 2 and the app password.
  for (const said of ['não consegue entrar', 'IMAP ativado', 'senha de aplicativo', 'ClaudIA']) {
    await page.getByText(said).first().waitFor()
  }
  // Passos 3 and 23: known providers have their servers.
  await page.getByRole('combobox', { name: 'Provedor' }).fill('Gmail')
  await page.getByRole('option', { name: /^Gmail/ }).click()
  const [imap, smtp] = ['IMAP', 'SMTP'].map((name) => page.getByRole('group', { name }))
  const hostOf = (server: typeof imap) => server!.getByLabel('Endereço do servidor').inputValue()
  const portOf = (server: typeof imap) => server!.getByLabel('Porta').inputValue()
  expect([await hostOf(imap), await portOf(imap)]).toEqual(['imap.gmail.com', '993'])
  expect([await hostOf(smtp), await portOf(smtp)]).toEqual(['smtp.gmail.com', '587'])
  await page.getByText('entrar com o Google').first().waitFor()
  // Importante: STARTTLS, none and login are what the form begins with.
  const chosen = (name: string) => smtp!.getByRole('combobox', { name }).inputValue()
  expect(await chosen('Criptografia')).toBe('STARTTLS')
  expect(await chosen('Verificação do certificado')).toBe('Nenhuma')
  expect(await chosen('Autenticação')).toBe('login')
  // Passo 27.
  expect(await smtp!.getByLabel('Domínio').getAttribute('placeholder')).toBe('smtp.gmail.com')
  await keepScreenshot(page, 'article-mail-preset')
  expect(await obstaclesOn(page)).toEqual([])
  // Passo 17.
  await page.getByLabel('Nome da caixa de entrada').fill('Suporte')
  await page.getByLabel('Endereço de e-mail').fill(mailbox.address)
  // Passos 22-28.
  for (const [server, port] of [
    [imap!, mailbox.imap.port],
    [smtp!, mailbox.smtp.port],
  ] as const) {
    expect(await server.getByRole('switch').isChecked()).toBe(true)
    await server.getByLabel('Endereço do servidor').fill('127.0.0.1')
    await server.getByRole('combobox', { name: 'Criptografia' }).click()
    await page.getByRole('option', { name: 'Nenhuma' }).click()
    await server.getByLabel('Porta').fill(String(port))
    await server.getByLabel('Login').fill(mailbox.address)
    await server.getByRole('textbox', { name: 'Senha' }).fill(mailbox.password)
    await server.getByRole('button', { name: /^Testar/ }).click()
    await server.getByText('Funciona', { exact: true }).waitFor()
  }
  await page.getByRole('button', { name: 'Avançar' }).click()
  // Passos 18-20.
  await page.getByRole('checkbox', { name: /Ana/ }).waitFor()
  await page.locator('form').getByRole('button', { name: 'Conectar' }).click()
  await page.getByRole('link', { name: 'Ir para a caixa de entrada' }).click()
  await page.getByText('Ativa', { exact: true }).waitFor()
})

test('Google: sign in, the INBOX alone, and a red banner that leads back', async () => {
  const { page } = ana
  google.deliver(customerMail({ subject: 'Da caixa de entrada' }))
  google.deliver(customerMail({ subject: 'De uma pasta' }), { folder: 'Marketing' })
  await addInbox()
  await page.getByText('E-mail, Google').click()
  await page.getByText('outras pastas e o spam não').waitFor()
  await page.getByLabel('Nome da caixa de entrada').fill('Loja')
  await page.getByLabel('Endereço de e-mail').fill('loja@shop.test')
  await page.getByRole('button', { name: 'Avançar' }).click()
  await page.getByRole('checkbox', { name: /Ana/ }).waitFor()
  await page.locator('form').getByRole('button', { name: 'Conectar' }).click()
  await page.getByText('ainda não aprovou').first().waitFor()
  await keepScreenshot(page, 'article-google')
  await signIn('Entrar com o Google')
  await page.getByText('Ativa', { exact: true }).waitFor()
  const { data } = (await office.api.get('/inboxes')).body
  const { id } = data.find(({ channel }: { channel: string }) => channel === 'google')
  const conversations = (await office.api.get(`/conversations?inbox_id=${id}`)).body.data
  const subjects = conversations.map(({ subject }: { subject: string }) => subject)
  expect(subjects).toEqual(['Da caixa de entrada'])
  // Em caso de erro: alerta em vermelho.
  google.provider.revoke('loja@shop.test')
  await google.imap.kick('loja@shop.test')
  await page.getByRole('link', { name: 'Clique aqui para reconectar' }).click()
  await page.getByRole('button', { name: 'Entrar de novo' }).click()
  await signIn('Entrar com o Google')
  await page.getByText(/parou de receber/).waitFor({ state: 'detached' })
  const after = (await office.api.get('/inboxes')).body.data
  expect(after.find((one: { id: number }) => one.id === id).state).toBe('active')
})

test('the browser complained of nothing', () => {
  expect(ana.complaints).toEqual([])
})
