// The shop's site with the widget in it (examples/site), and a customer who is signed in there and
// asks ClaudIA. Uses what a browser uses: the site's own address and the visitor's API.
import type { AddressInfo } from 'node:net'
import { createSite } from '../../examples/site/server.ts'
import { portFor } from '../platform/ports.ts'
import type { Inbox } from './api-client.ts'
import { until } from './waiting.ts'
import type { Colleague, Walk } from './walk.ts'

export interface ShopSite {
  /** Where a browser finds the shop. */
  url: string
  stop(): Promise<void>
}

/** Of examples/site/server.ts. */
const CUSTOMER = { id: '12345', name: 'Ana Souza', email: 'ana@shop.example' }
const QUESTION = 'Vocês entregam em Campinas?'

/** @param baseUrl of the platform, without a slash at the end */
export async function openShopSite(walk: Walk, baseUrl: string, ana: Colleague): Promise<ShopSite> {
  const { api, terminal } = walk
  const widget = await terminal.step('A chat for the site is connected', async () => {
    const made = await api.post<Inbox & { settings: { website_token: string } }>('/widgets', {
      name: 'Chat do site',
      agent_ids: [ana.id],
      domains: ['localhost'],
      identity_validation: 'optional',
      multiple_conversations: true,
      welcome_title: 'Fale com a loja',
      welcome_text: 'Respondemos em um minuto.',
    })
    await until('the chat is active', async () => {
      return (await api.get<Inbox>(`/inboxes/${made.id}`)).state === 'active'
    })
    return made
  })
  const { token } = await api.post<{ token: string }>(`/widgets/${widget.id}/identity_tokens`)
  const websiteToken = widget.settings.website_token
  const site = createSite({ baseUrl, websiteToken, identityToken: token })
  const wanted = await portFor(undefined, 3100)
  await new Promise<void>((resolve) => site.listen(wanted, '127.0.0.1', resolve))
  const { port } = site.address() as AddressInfo
  const url = `http://localhost:${port}`
  await terminal.step(
    `${CUSTOMER.name}, signed in there, asks in the chat: “${QUESTION}”`,
    () => askClaudia({ baseUrl, siteUrl: url, websiteToken }),
    (answer) => answer,
  )
  return {
    url,
    async stop() {
      site.closeAllConnections()
      await new Promise((resolve) => site.close(resolve))
    },
  }
}

/** What ClaudIA answers to a customer whom the site's back end vouches for. */
async function askClaudia(where: { baseUrl: string; siteUrl: string; websiteToken: string }) {
  const { baseUrl, siteUrl, websiteToken } = where
  const signedIn = await fetch(`${siteUrl}/sign-in?user=${CUSTOMER.id}`, { redirect: 'manual' })
  const cookie = signedIn.headers.get('set-cookie')?.split(';')[0] ?? ''
  const hash = await fetch(`${siteUrl}/cloudchat/identity-hash?user_id=${CUSTOMER.id}`, {
    headers: { cookie },
  })
  const { identifier_hash } = (await hash.json()) as { identifier_hash: string }

  let session = ''
  const call = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const reply = await fetch(`${baseUrl}/api/v1/widget${path}`, {
      method,
      headers: {
        authorization: `Bearer ${session}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const answer = (await reply.json()) as T
    if (!reply.ok) throw new Error(`${method} ${path} answered ${JSON.stringify(answer)}`)
    return answer
  }
  const begun = { website_token: websiteToken, origin: siteUrl }
  session = (await call<{ token: string }>('POST', '/sessions', begun)).token
  const { id: identifier, name, email } = CUSTOMER
  const claims = { identifier, name, email, identifier_hash }
  const { status } = await call<{ status: string }>('PUT', '/contact', claims)
  if (status !== 'verified') throw new Error(`The site vouched for ${name}, who is ${status}`)
  const message = { id: crypto.randomUUID(), content: QUESTION }
  const { conversation } = await call<{ conversation: { id: number } }>('POST', '/conversations', {
    message,
  })
  return until('an answer in the chat', async () => {
    const path = `/conversations/${conversation.id}/messages`
    const { data } = await call<{ data: { direction: string; content: string }[] }>('GET', path)
    return data.find(({ direction }) => direction === 'outgoing')?.content
  })
}
