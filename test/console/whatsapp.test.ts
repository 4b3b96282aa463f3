// A number that stays on its phone, connected in the console: Meta's popup (a stand-in with an origin
// of its own), real API, workers, Postgres, Temporal and Chromium.

import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { invitationLink } from '../../api/invitations.ts'
import { createChannels } from '../../channels/registry.ts'
import { findLogin } from '../../db/logins.ts'
import { buildConsole } from '../../scripts/platform/build-pages.ts'
import { META_ENV, pushMeta } from '../api/meta-inbox.ts'
import { webhooksOf } from '../api/whatsapp-number.ts'
import { type GraphSimulator, startGraph } from '../simulators/meta/graph.ts'
import type { SimulatedNumber } from '../simulators/meta/graph-whatsapp.ts'
import { phoneOf } from '../simulators/meta/phone.ts'
import { SIGNUP_CONFIG } from '../simulators/meta/signup-popup.ts'
import { waitFor } from '../support/wait-for.ts'
import { type ApiOfPlatform, apiOf } from '../workers/api-of-platform.ts'
import { type Platform, startPlatform } from '../workers/platform.ts'
import { obstaclesOn } from './accessible.ts'
import { keepScreenshot, startBrowser, type Visitor } from './browser.ts'

let graph: GraphSimulator
let platform: Platform
let api: ApiOfPlatform
let browser: Awaited<ReturnType<typeof startBrowser>>
let ana: Visitor
let url: string
let number: SimulatedNumber
let hooks: ReturnType<typeof webhooksOf>

beforeAll(async () => {
  await buildConsole()
  graph = await startGraph()
  number = graph.addNumber({ id: '500001', onPhone: true })
  platform = await startPlatform({
    channels: createChannels({ policy: graph.policy, meta: graph.app }),
    tuning: { pushedHistoryEveryMs: 200 },
  })
  const { graphUrl } = graph.app
  api = await apiOf(platform, {
    ...META_ENV,
    META_SIGNUP_CONFIG_ID: SIGNUP_CONFIG,
    META_SDK_URL: `${graphUrl}/sdk.js`,
    META_DIALOG_URL: graphUrl,
    RATE_LIMIT: '100000',
  })
  url = await api.app.listen({ host: 'localhost', port: 0 })
  browser = await startBrowser()
  ana = await browser.visit()
  const user = await findLogin(platform.db, platform.accountId, platform.administratorId)
  const { config } = api
  const link = invitationLink({ config, clock: () => new Date() }, user!).url
  await ana.page.goto(link.replace(config.publicUrl, url))
  await ana.page.getByLabel('Nova senha').fill('correct horse battery')
  await ana.page.getByRole('button', { name: 'Definir a senha e entrar' }).click()
  await ana.page.getByRole('heading', { name: 'Caixas de entrada' }).waitFor()
})
afterAll(async () => {
  await browser?.close()
  await api?.close()
  await platform?.stop()
  graph?.stop()
})
afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') await keepScreenshot(ana.page, 'whatsapp-failed')
})

const push = (...entry: object[]) => pushMeta(api, entry, { object: 'whatsapp_business_account' })

/** Opens Meta's window by the button, and presses one there. */
async function inPopup(page: Page, name: string): Promise<void> {
  const [popup] = await Promise.all([
    page.waitForEvent('popup'),
    page.getByRole('main').getByRole('button', { name: 'Conectar', exact: true }).last().click(),
  ])
  await popup.getByRole('button', { name, exact: true }).click()
}

test('Meta’s script may run where its window is opened, and on no other page', async () => {
  const policyOf = async (path: string) =>
    String((await api.app.inject(`/console/${path}`)).headers['content-security-policy'])
  const origin = new URL(graph.app.graphUrl).origin
  for (const path of ['inboxes/new/whatsapp', 'inboxes/12/whatsapp']) {
    expect(await policyOf(path)).toContain(`script-src 'self' 'nonce-`)
    expect(await policyOf(path)).toMatch(new RegExp(`script-src [^;]* ${origin};`))
  }
  for (const path of ['inboxes', 'inboxes/new', 'inboxes/12', 'inboxes/new/whatsapp/x']) {
    expect(await policyOf(path)).not.toContain(origin)
  }
})

test('the wizard says what to prepare and what WhatsApp does not mirror', async () => {
  const { page } = ana
  await page.goto(`${url}/console/inboxes/new`)
  await page.getByText('Um número pela Cloud API').click()
  await page.waitForURL('**/inboxes/new/whatsapp')
  await page.getByText(/versão 2\.24\.17/).waitFor()
  await page.getByText(/WhatsApp para Windows e de relógios \(WearOS\) não aparecem aqui/).waitFor()
  const meta = page.getByRole('link', { name: 'O que a Meta diz' })
  expect(await meta.getAttribute('href')).toMatch(/onboarding-business-app-users\/#linked-devices$/)
  await page.getByLabel('Nome da caixa de entrada').fill('Loja')
  expect(await obstaclesOn(page)).toEqual([])
  await keepScreenshot(page, 'whatsapp-prepare')
  await page.getByRole('button', { name: 'Avançar' }).click()
})

test('a window that is closed changes nothing, and its button opens it again', async () => {
  const { page } = ana
  await page.getByRole('radio', { name: 'Responde às novas mensagens' }).waitFor()
  await inPopup(page, 'Cancel')
  await page.getByText('A janela da Meta foi fechada antes do fim.').waitFor()
  expect((await api.get('/inboxes')).body.data).toEqual([])
  expect(await obstaclesOn(page)).toEqual([])
  await keepScreenshot(page, 'whatsapp-agents')
})

test('the number chosen there is connected, and its history comes in', async () => {
  const { page } = ana
  await inPopup(page, number.number)
  await page.getByRole('heading', { name: 'Loja está configurada' }).waitFor()
  await page.getByText('O celular ainda não enviou nada').first().waitFor()
  await page
    .getByText(/WhatsApp para Windows/)
    .first()
    .waitFor()
  await keepScreenshot(page, 'whatsapp-done')
  const [inbox] = (await api.get('/inboxes')).body.data
  expect(inbox).toMatchObject({ address: number.number, state: 'importing' })
  await waitFor(() => number.shared.size === 2, { what: 'both questions' })
  hooks = webhooksOf(number, inbox.id)
  await page.getByRole('link', { name: 'Ir para a caixa de entrada' }).click()
  await page.waitForURL(`**/inboxes/${inbox.id}`)
  expect(await page.evaluate('typeof FB')).toBe('undefined')
  await push(hooks.history(30, 0, 50))
  await page.getByText('30 mensagens').waitFor()
  await keepScreenshot(page, 'whatsapp-importing')
  await push(hooks.history(10, 2, 100, 50))
  await page.getByText('Ativa', { exact: true }).waitFor()
  await page.getByText('40 mensagens').waitFor()
  expect(await obstaclesOn(page)).toEqual([])
})

test('what only the phone shows has a place that says so, and what the phone sent is named', async () => {
  const { page } = ana
  const phone = phoneOf(hooks, push)
  await phone.receive('phone', 'Oi, tudo bem?')
  await phone.receive('windows', 'escrito no Windows')
  await phone.write('web', 'Tudo ótimo!')
  const [conversation] = (await api.get(`/conversations?inbox_id=${hooks.inboxId}`)).body.data
  await page.goto(`${url}/console/conversations/${conversation.id}`)
  await page.getByText('Tudo ótimo!').waitFor()
  await page.getByText('Enviada pelo celular').waitFor()
  await page.getByText(/Abra o aplicativo WhatsApp Business no celular/).waitFor()
  expect(await page.getByText('escrito no Windows').count()).toBe(0)
  expect(await obstaclesOn(page)).toEqual([])
  await keepScreenshot(page, 'whatsapp-conversation')
})

test('cut off by the phone it turns red with the reason, and the phone connects it again', async () => {
  const { page } = ana
  const disconnection_info = { reason: 'ACCOUNT_DISCONNECTED', initiated_by: 'USER' }
  const at = Math.floor(Date.now() / 1000) + 1
  await push(hooks.account('PARTNER_REMOVED', at, { disconnection_info }))
  await page.getByText(/Loja .* parou de receber/).waitFor()
  await page.getByRole('link', { name: 'Clique aqui para reconectar' }).click()
  await page
    .getByRole('dialog')
    .getByText(/desconectou este número/)
    .first()
    .waitFor()
  await keepScreenshot(page, 'whatsapp-reconnect')
  await page.getByRole('link', { name: 'Reconectar com o celular' }).click()
  await page.getByText('Escolha o mesmo número', { exact: false }).waitFor()
  expect(await obstaclesOn(page)).toEqual([])
  await keepScreenshot(page, 'whatsapp-again')
  await inPopup(page, number.number)
  await page.waitForURL(`**/inboxes/${hooks.inboxId}`)
  await page.getByText('Ativa', { exact: true }).waitFor()
  await page.getByText(/parou de receber/).waitFor({ state: 'detached' })
})

test('a number without a phone is connected with a token, and a new one is taken later', async () => {
  const { page } = ana
  const other = graph.addNumber({ id: '500002' })
  await page.goto(`${url}/console/inboxes/new/whatsapp`)
  await page.getByRole('radio', { name: /tenho um token de acesso/ }).click()
  await page.getByText('whatsapp_business_management').waitFor()
  await page.getByLabel('Nome da caixa de entrada').fill('Suporte')
  await page.getByLabel('Número de telefone').fill(other.number)
  await page.getByLabel('Phone number ID').fill(other.id)
  await page.getByLabel('WhatsApp Business Account ID').fill(other.wabaId)
  await page.getByRole('textbox', { name: 'Token de acesso' }).fill(other.token)
  expect(await obstaclesOn(page)).toEqual([])
  await keepScreenshot(page, 'whatsapp-token')
  await page.getByRole('button', { name: 'Avançar' }).click()
  await page.locator('form').getByRole('button', { name: 'Conectar' }).click()
  await page.getByRole('heading', { name: 'Suporte está configurada' }).waitFor()
  await page.getByText('Ativa', { exact: true }).waitFor()
  const inbox = (await api.get('/inboxes')).body.data.find(
    ({ name }: { name: string }) => name === 'Suporte',
  )
  other.token = 'EAA-number-token-renewed'
  await page.goto(`${url}/console/inboxes/${inbox.id}?reconnect=true`)
  await page.getByLabel(/Novo token de acesso/).fill(other.token)
  await page.getByRole('dialog').getByRole('button', { name: 'Reconectar' }).click()
  await page.getByText('Suporte está conectada de novo.').waitFor()
})

test('the same pages in English, in the dark and on a small screen', async () => {
  const storageState = await ana.page.context().storageState()
  const { page, complaints } = await browser.visit({
    locale: 'en-US',
    colorScheme: 'dark',
    viewport: { width: 390, height: 844 },
    storageState,
  })
  for (const [path, words] of [
    ['inboxes/new/whatsapp', 'WhatsApp Web works'],
    [`inboxes/${hooks.inboxId}/whatsapp`, 'Choose the same number'],
    [`inboxes/${hooks.inboxId}`, 'WhatsApp for Windows'],
  ] as const) {
    await page.goto(`${url}/console/${path}`)
    await page.getByText(words).first().waitFor()
    expect(await obstaclesOn(page), path).toEqual([])
    const width = await page.evaluate('document.documentElement.scrollWidth')
    expect(width, path).toBeLessThanOrEqual(390)
    await keepScreenshot(page, `whatsapp-small-${path.replace(/\W+/g, '-')}`)
  }
  expect(complaints).toEqual([])
})

test('nothing on the way made the browser complain', () => {
  expect(ana.complaints).toEqual([])
})
