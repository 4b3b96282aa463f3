// The article on Instagram, followed at the console: signing in with Facebook, the page, the agents;
// then a page that was cut off and came back. Real API, workers, Postgres, Temporal and Chromium,
// with Meta's simulator for Facebook.
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { invitationLink } from '../../api/invitations.ts'
import { createChannels } from '../../channels/registry.ts'
import { findLogin } from '../../db/logins.ts'
import { buildConsole } from '../../scripts/platform/build-pages.ts'
import { freePort } from '../../scripts/servers/ports.ts'
import { eventsOf, META_ENV, pushMeta } from '../api/meta-inbox.ts'
import { type GraphSimulator, type SimulatedPage, startGraph } from '../simulators/meta/graph.ts'
import { type ApiOfPlatform, apiOf } from '../workers/api-of-platform.ts'
import { type Platform, startPlatform } from '../workers/platform.ts'
import { obstaclesOn } from './accessible.ts'
import { keepScreenshot, startBrowser, type Visitor } from './browser.ts'

let graph: GraphSimulator
let platform: Platform
let api: ApiOfPlatform
let browser: Awaited<ReturnType<typeof startBrowser>>
let ana: Visitor
let shop: SimulatedPage

beforeAll(async () => {
  await buildConsole()
  graph = await startGraph()
  shop = graph.addPage({
    id: '1001',
    name: 'Loja da Ana',
    instagram: { id: '1701', username: 'lojadaana' },
  })
  graph.addPage({ id: '1002', name: 'Sem Instagram', instagram: undefined })
  graph.addPage({ id: '1003', name: 'Sem tarefa', tasks: ['ANALYZE'] })
  platform = await startPlatform({
    channels: createChannels({ policy: graph.policy, meta: graph.app }),
    tuning: { pullEveryMs: 500 },
  })
  const port = await freePort()
  const url = `http://localhost:${port}`
  api = await apiOf(platform, { ...META_ENV, PUBLIC_URL: url })
  graph.redirectUris.push(`${url}/oauth/instagram/callback`)
  await api.app.listen({ host: 'localhost', port })
  browser = await startBrowser()
  ana = await browser.visit()
  await enter()
}, 120_000)
afterAll(async () => {
  await browser?.close()
  await api?.close()
  await platform?.stop()
  graph?.stop()
})

afterEach(async ({ task }) => {
  if (task.result?.state !== 'fail') return
  for (const [at, page] of ana.page.context().pages().entries()) {
    await keepScreenshot(page, `failed-instagram-${at}`)
  }
})

async function enter() {
  const { page } = ana
  const user = await findLogin(platform.db, platform.accountId, platform.administratorId)
  await page.goto(invitationLink({ config: api.config, clock: () => new Date() }, user!).url)
  await page.getByLabel('Nova senha').fill('correct horse battery')
  await page.getByRole('button', { name: 'Definir a senha e entrar' }).click()
  await page.getByRole('heading', { name: 'Caixas de entrada' }).waitFor()
}

/** Through our page and Facebook's, in the tab that the link opens. */
async function signInAtFacebook(look: (popup: Visitor['page']) => Promise<void> = async () => {}) {
  const { page } = ana
  const opened = page.waitForEvent('popup')
  await page.getByRole('link', { name: 'Continuar com o Facebook' }).click()
  const popup = await opened
  await popup.getByText('Continue só se você sabe quem enviou você até aqui.').waitFor()
  await look(popup)
  await popup.getByRole('link', { name: 'Continuar para Facebook' }).click()
  await popup.getByRole('link', { name: 'Continue', exact: true }).click()
  return popup
}

test('the article is followed: Facebook, the page, the name, the agents', async () => {
  const { page } = ana
  await page.getByRole('link', { name: 'Adicionar caixa de entrada' }).click()
  await page.getByText('Messenger e Instagram').first().click()
  for (const words of [
    '“Edit previous settings”',
    '“Opt in to current pages only”',
    'não desmarque as contas conectadas anteriormente',
    'menções em Stories não',
  ]) {
    await page.getByText(words).waitFor()
  }
  expect(await obstaclesOn(page)).toEqual([])
  await page.getByRole('button', { name: 'Entrar com o Facebook' }).click()
  const popup = await signInAtFacebook(async (consent) => {
    await consent.getByText('“Opt in to current pages only”').waitFor()
    expect(await obstaclesOn(consent)).toEqual([])
    await keepScreenshot(consent, 'facebook-consent')
  })
  await popup.getByRole('heading', { name: 'Login concluído' }).waitFor()
  await popup.close()
  await page.getByRole('radio', { name: 'Loja da Ana · @lojadaana' }).check()
  expect(await page.getByRole('radio', { name: 'Sem tarefa' }).isDisabled()).toBe(true)
  await page.getByText('Peça a um administrador da página a tarefa').first().waitFor()
  await page.getByText('A página não tem conta do Instagram').waitFor()
  expect(await page.getByLabel('Nome da caixa de entrada').inputValue()).toBe('Loja da Ana')
  expect(await obstaclesOn(page)).toEqual([])
  await keepScreenshot(page, 'facebook-pages')
  await page.reload()
  await page.getByText('Messenger e Instagram').first().click()
  expect(await page.getByRole('radio', { name: 'Loja da Ana · @lojadaana' }).isChecked()).toBe(true)
  await page.getByRole('button', { name: 'Avançar' }).click()
  await page.getByRole('checkbox', { name: /Ana/ }).waitFor()
  await page.locator('form').getByRole('button', { name: 'Conectar' }).click()
  await page.getByRole('heading', { name: 'Loja da Ana está configurada' }).waitFor()
  await page.getByRole('link', { name: 'Ir para a caixa de entrada' }).click()
  await page.getByText('Ativa', { exact: true }).waitFor()
  await page.getByText('Quem recebe as mensagens').waitFor()
  await page.getByText('advanced_messaging').first().waitFor()
  expect(await obstaclesOn(page)).toEqual([])
  await keepScreenshot(page, 'instagram-inbox')
})

test('direct messages and answers to stories are in the conversations, mentions are not', async () => {
  const { page } = ana
  const [inbox] = (await api.get('/inboxes')).body.data
  const { entry, event, message } = eventsOf({ instagramId: '1701', inboxId: inbox.id })
  const story = { id: '179', url: `${graph.app.graphUrl}/files/story` }
  const mention = { type: 'story_mention', payload: { url: 'https://cdn.example/s' } }
  await pushMeta(api, [
    entry([
      message('Vocês abrem hoje?'),
      event({ message: { mid: 'story-reply', text: 'Linda!', reply_to: { story } } }, '555002'),
      event({ message: { mid: 'mention', attachments: [mention] } }, '555003'),
    ]),
  ])
  await page.getByRole('link', { name: 'Conversas' }).first().click()
  await page.getByText('Vocês abrem hoje?').first().waitFor()
  await page.getByText('Linda!').first().waitFor()
  const { data } = (await api.get('/conversations')).body
  expect(data).toHaveLength(2)
  await keepScreenshot(page, 'instagram-conversations')
})

test('a page that was cut off turns red by itself, and Facebook mends it', async () => {
  const { page } = ana
  const { token } = shop
  graph.deaths.set(token, 458)
  await page.getByText(/Loja da Ana \(@lojadaana\) parou de receber/).waitFor()
  await page.getByRole('link', { name: 'Clique aqui para reconectar' }).click()
  await page.getByText('No Facebook marque de novo a página desta caixa, @lojadaana.').waitFor()
  await keepScreenshot(page, 'instagram-reconnect')
  await page.getByRole('button', { name: 'Entrar de novo' }).click()
  shop.token = `${token}-anew`
  const popup = await signInAtFacebook()
  await popup.getByText('@lojadaana está conectado').waitFor()
  await popup.close()
  await page.getByText(/parou de receber/).waitFor({ state: 'detached' })
  await page.getByRole('button', { name: 'Fechar' }).click()
  await page.getByText('Ativa', { exact: true }).waitFor()
})

test('a sign-in that was left lying says so, and begins again', async () => {
  const { page } = ana
  await page.goto(new URL('/console/inboxes/new', page.url()).href)
  await page.getByText('Messenger e Instagram').first().click()
  await page.getByRole('button', { name: 'Entrar com o Facebook' }).click()
  const popup = await signInAtFacebook()
  await popup.getByRole('heading', { name: 'Login concluído' }).waitFor()
  await popup.close()
  await page.getByRole('radio', { name: 'Sem Instagram' }).check()
  await page.getByText('Uma caixa desta conta já usa esta página.').waitFor()
  await platform.db.updateTable('connect_drafts').set({ expires_at: new Date() }).execute()
  await page.reload()
  await page.getByText('Messenger e Instagram').first().click()
  await page.getByText('A meia hora deste login acabou. Entre de novo.').waitFor()
  expect(await page.getByRole('button', { name: 'Avançar' }).isDisabled()).toBe(true)
  await page.getByRole('button', { name: 'Entrar de novo' }).click()
  await page.getByRole('link', { name: 'Continuar com o Facebook' }).waitFor()
  await keepScreenshot(page, 'facebook-expired')
})

test('nothing on the way made the browser complain', () => {
  expect(ana.complaints).toEqual([])
})
