// The line is lost: the page says so and since when, loses nothing, and catches up by itself.
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { startProxy, type TcpProxy } from '../../scripts/servers/tcp-proxy.ts'
import { type Mailbox, startMailbox } from '../support/mail-server.ts'
import { waitFor } from '../support/wait-for.ts'
import { keepScreenshot, type Visitor } from './browser.ts'
import { customerMail, type Office, startOffice } from './office.ts'

let office: Office
let mailbox: Mailbox
let ana: Visitor
let line: TcpProxy
/** Of the console, behind the line. */
let url: string

beforeAll(async () => {
  ;[office, mailbox] = await Promise.all([startOffice(), startMailbox()])
  line = await startProxy({ target: { host: 'localhost', port: Number(new URL(office.url).port) } })
  url = `http://localhost:${line.port}/console`
  const ref = await office.platform.connect(mailbox)
  await waitFor(async () => (await office.platform.row(ref)).phase === 'active', { what: 'active' })
  ana = await office.administrator()
})
afterAll(async () => {
  await line?.stop()
  await office?.stop()
  await mailbox?.stop()
})
beforeEach(async () => {
  await ana.page.goto(`${url}/conversations`)
  await ana.page.getByRole('heading', { name: 'Conversas' }).waitFor()
})
afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') await keepScreenshot(ana.page, 'failed-offline')
})

const notice = () => ana.page.getByText('A conexão caiu.')

async function stored(subject: string) {
  await mailbox.deliver(customerMail({ subject }))
  await waitFor(
    async () => {
      const { data } = (await office.api.get('/conversations')).body
      return data.some((one: { subject: string }) => one.subject === subject)
    },
    { what: subject },
  )
}

test('a line that falls silent for a minute is noticed, and what came meanwhile is shown', {
  timeout: 180_000,
}, async () => {
  const { page } = ana
  await stored('antes')
  await page.getByText('antes').first().waitFor()
  line.stall(true)
  const minute = new Promise((resolve) => setTimeout(resolve, 60_000))
  await stored('durante o silêncio')
  await notice().waitFor()
  await keepScreenshot(page, 'connection-lost')
  expect(await page.getByText('durante o silêncio').count()).toBe(0)
  await minute
  line.stall(false)
  await page.getByText('durante o silêncio').first().waitFor()
  await notice().waitFor({ state: 'detached' })
  // And it is live again, not only caught up.
  await stored('depois')
  await page.getByText('depois').first().waitFor()
})

test('an answer that could not leave stays in its form, and goes out once', async () => {
  const { page } = ana
  await page.getByText('antes').first().click()
  const answer = page.getByLabel('Resposta', { exact: true }).last()
  await answer.fill('Já estou vendo')
  line.refuse(true)
  line.cut()
  await page.getByRole('button', { name: 'Enviar', exact: true }).click()
  await page.getByRole('alert').first().waitFor()
  expect(await answer.inputValue()).toBe('Já estou vendo')
  await notice().waitFor()
  line.refuse(false)
  await notice().waitFor({ state: 'detached' })
  await page.getByRole('button', { name: 'Enviar', exact: true }).click()
  await page.getByText('Enviada', { exact: true }).waitFor()
  const { data } = (await office.api.get('/conversations')).body
  const { id } = data.find((one: { subject: string }) => one.subject === 'antes')
  const messages = (await office.api.get(`/conversations/${id}/messages`)).body.data
  const sent = messages.filter(({ direction }: { direction: string }) => direction === 'outgoing')
  expect(sent).toHaveLength(1)
})

test('a server that answers with anything but a stream is asked again', async () => {
  const { page } = ana
  await page.route('**/events', (route) => route.fulfill({ status: 502, body: 'Bad gateway' }))
  line.cut()
  await notice().waitFor()
  await page.unroute('**/events')
  await notice().waitFor({ state: 'detached' })
})
