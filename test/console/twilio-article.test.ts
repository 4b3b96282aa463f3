// The help-centre article about WhatsApp through Twilio, in its language, its labels and its order.
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { createChannels } from '../../channels/registry.ts'
import { startTwilio, type TwilioSimulator } from '../simulators/twilio/twilio.ts'
import { obstaclesOn } from './accessible.ts'
import { keepScreenshot, type Visitor } from './browser.ts'
import { type Office, startOffice } from './office.ts'

let twilio: TwilioSimulator
let office: Office
let ana: Visitor

beforeAll(async () => {
  twilio = await startTwilio()
  office = await startOffice({
    channels: createChannels({
      policy: { allowHosts: ['127.0.0.0/8'] },
      twilioOrigin: twilio.origin,
    }),
  })
  ana = await office.administrator({ locale: 'en-US' })
})
afterAll(async () => {
  await office?.stop()
  await twilio?.stop()
})
afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') await keepScreenshot(ana.page, 'failed-twilio-article')
})

test('from what Twilio cannot do to a message that comes in', async () => {
  const { page } = ana
  const sender = twilio.sender(twilio.account(), '+14152000001')
  // Steps 1-5.
  await page.getByRole('link', { name: 'Add inbox' }).click()
  await page.getByText('WhatsApp, Twilio').click()
  await page.getByText('Native buttons and forms are not available through Twilio').waitFor()
  await page.getByLabel('Name of the inbox').fill('WhatsApp')
  await page.getByLabel('Phone number').fill(sender.number)
  // Steps 6-8.
  await page.getByLabel('Account SID', { exact: false }).fill(sender.account.sid)
  await page.getByRole('textbox', { name: 'Auth Token' }).fill('0'.repeat(32))
  await page.getByRole('button', { name: 'Next' }).click()
  // Steps 9-10.
  await page.getByRole('checkbox', { name: /Ana/ }).waitFor()
  await page.locator('form').getByRole('button', { name: 'Connect' }).click()
  // A wrong token connects nothing, and is mended where it is told.
  await page.getByRole('link', { name: 'Click here to reconnect' }).click()
  await page.getByLabel(/^New Auth Token of/).fill(sender.account.token)
  await page.getByRole('button', { name: 'Reconnect', exact: true }).click()
  await page.getByText('Active', { exact: true }).waitFor()
  // Steps 11-15: set by us here, and still there to be copied.
  await page.getByText('Twilio sends its messages here.').waitFor()
  const url = await page.getByText(`${office.url}/webhooks/`).first().textContent()
  expect(sender.webhook.callback_url).toBe(url)
  await page.getByText('Nothing has come yet.').waitFor()
  expect(await obstaclesOn(page)).toEqual([])
  await keepScreenshot(page, 'article-twilio')
  // Steps 16-17.
  await page.getByRole('tab', { name: 'Collaborators' }).click()
  await page.getByText('ClaudIA').first().waitFor()
  // Steps 18-21: by itself.
  await page.getByRole('link', { name: 'Automations' }).click()
  await page.getByText('Assign to claudia', { exact: false }).first().waitFor()
  // You should be able to receive messages.
  await twilio.receive(sender, 'whatsapp:+5511987654321', 'Olá, tudo bem?')
  await page.getByRole('link', { name: 'Conversations' }).click()
  await page.getByText('Olá, tudo bem?').first().waitFor()
})

test('the browser complained of nothing', () => {
  expect(ana.complaints).toEqual([])
})
