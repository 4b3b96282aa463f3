// The example of a site with a logged-in area.
import type { Server } from 'node:http'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createSite } from '../../examples/site/server.ts'
import { freePort } from '../../scripts/servers/ports.ts'
import type { WidgetUnderTest } from '../api/widget-under-test.ts'
import { waitFor } from '../support/wait-for.ts'
import { openStage, type Stage } from './stage.ts'

let stage: Stage
let widget: WidgetUnderTest
let site: Server
let address: string
beforeAll(async () => {
  stage = await openStage()
  widget = await stage.connect({ identity_validation: 'required', multiple_conversations: true })
  const path = `/widgets/${widget.inboxId}/identity_tokens`
  const { body } = await stage.api.call(stage.api.accounts[0], 'POST', path)
  const { baseUrl } = stage
  site = createSite({ baseUrl, websiteToken: widget.websiteToken, identityToken: body.token })
  const port = await freePort()
  await new Promise<void>((resolve) => site.listen(port, '127.0.0.1', resolve))
  address = `http://site.test:${port}`
})
afterAll(async () => {
  site?.closeAllConnections()
  site?.close()
  await stage?.close()
})

test('the identity endpoint answers for the signed-in user and for nobody else', async () => {
  const local = address.replace('site.test', '127.0.0.1')
  const signIn = await fetch(`${local}/sign-in?user=12345`, { redirect: 'manual' })
  const cookie = signIn.headers.get('set-cookie')!.split(';')[0]!
  const ask = (query: string, headers: Record<string, string> = { cookie }) =>
    fetch(`${local}/cloudchat/identity-hash${query}`, { headers })
  expect((await ask('?user_id=12345', {})).status).toBe(401)
  expect((await ask('')).status).toBe(400)
  expect((await ask('?user_id=67890')).status).toBe(403)
  const own = await ask('?user_id=12345')
  expect([own.status, own.headers.get('cache-control')]).toEqual([200, 'no-store'])
  const { identifier_hash } = (await own.json()) as { identifier_hash: string }
  expect(identifier_hash).toMatch(/^[0-9a-f]{64}$/)
})

test('whoever signs in there is verified in the widget', async () => {
  const context = await stage.browser()
  const page = await context.newPage()
  await page.goto(address)
  await page.getByRole('link', { name: 'Entrar como Ana' }).click()
  await waitFor(() => page.evaluate("document.body.dataset.identity === 'verified'"), {
    what: 'the widget knows Ana',
  })
  await context.close()
})
