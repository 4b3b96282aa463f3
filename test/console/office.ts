// The whole platform with its console in a real browser, and people who come in by their links.
import type { BrowserContextOptions } from 'playwright-core'
import { invitationLink } from '../../api/invitations.ts'
import { findLogin } from '../../db/logins.ts'
import { buildConsole } from '../../scripts/platform/build-pages.ts'
import { freePort } from '../../scripts/servers/ports.ts'
import { apiOf } from '../workers/api-of-platform.ts'
import { type PlatformOptions, startPlatform } from '../workers/platform.ts'
import { startBrowser, type Visitor } from './browser.ts'

export type Office = Awaited<ReturnType<typeof startOffice>>

const PASSWORD = 'correct horse battery'

/**
 * Call stop() in afterAll.
 * @param env of the API
 */
export async function startOffice(options: PlatformOptions = {}, env: Record<string, string> = {}) {
  await buildConsole()
  const port = await freePort()
  const url = `http://localhost:${port}`
  const platform = await startPlatform({ ...options, publicUrl: url })
  const api = await apiOf(platform, { PUBLIC_URL: url, ...env })
  await api.app.listen({ host: 'localhost', port })
  const browser = await startBrowser()

  /** A person who was invited sets a password and is inside. */
  async function enter(link: string, context: BrowserContextOptions = {}): Promise<Visitor> {
    const visitor = await browser.visit(context)
    const { page } = visitor
    await page.goto(link)
    await page.getByLabel(/^(Nova senha|New password)/).fill(PASSWORD)
    await page.getByRole('button', { name: /^(Definir a senha|Set the password)/ }).click()
    await page.waitForURL('**/console/inboxes')
    return visitor
  }

  return {
    platform,
    api,
    url,
    browser,
    /** Ana, who may do everything; once. */
    async administrator(context?: BrowserContextOptions): Promise<Visitor> {
      const user = await findLogin(platform.db, platform.accountId, platform.administratorId)
      const link = invitationLink({ config: api.config, clock: () => new Date() }, user!)
      return enter(link.url, context)
    },
    /** Somebody who works in these inboxes. */
    async agent(name: string, inboxIds: number[], context?: BrowserContextOptions) {
      const email = `${name.toLowerCase()}@shop.test`
      const { body } = await api.post('/agents', { name, email, role: 'agent' })
      for (const id of inboxIds) {
        await platform.db
          .insertInto('inbox_members')
          .values({ account_id: platform.accountId, inbox_id: id, user_id: body.id })
          .execute()
      }
      const invitation = await api.post(`/agents/${body.id}/invitation`)
      return enter(invitation.body.url, context)
    },
    async stop() {
      await browser.close()
      await api.close()
      await platform.stop()
    },
  }
}

/** A mail as a customer sends it. */
export function customerMail(parts: {
  subject: string
  from?: string
  date?: Date
  text?: string
}): string {
  const { subject, from = 'Bia Souza <bia@cliente.test>', date = new Date() } = parts
  return [
    `From: ${from}`,
    'To: support@shop.test',
    `Subject: =?utf-8?B?${Buffer.from(subject).toString('base64')}?=`,
    `Date: ${date.toUTCString()}`,
    `Message-ID: <${crypto.randomUUID()}@cliente.test>`,
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=utf-8',
    '',
    parts.text ?? `Texto de ${subject}`,
    '',
  ].join('\r\n')
}
