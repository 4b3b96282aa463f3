// A browser, as far as a sign-in needs one: it keeps cookies and follows the one button.
import type { FastifyInstance } from 'fastify'

type Host = Pick<FastifyInstance, 'inject'>

export interface Visit {
  status: number
  html: string
  headers: Record<string, unknown>
}

/** What a browser does at the provider: the address it is sent back to. */
interface Provider {
  visit(address: string): Promise<URL>
}

export function consentBrowser(app: Host, provider: Provider) {
  const jar = new Map<string, string>()

  async function open(address: string): Promise<Visit> {
    const { pathname, search } = new URL(address)
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
    const reply = await app.inject({
      url: `${pathname}${search}`,
      headers: { cookie, 'accept-language': 'en' },
    })
    for (const line of [reply.headers['set-cookie'] ?? []].flat()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      if (value === '') jar.delete(name)
      else jar.set(name, value)
    }
    return { status: reply.statusCode, html: reply.body, headers: reply.headers }
  }

  /** Where the page's button leads. */
  const buttonOf = ({ html }: Visit) => unescaped(/<a href="([^"]+)">/.exec(html)?.[1] ?? '')

  return {
    jar,
    open,
    buttonOf,
    /** From our page to the provider; the address it sends the browser back to. */
    async consent(url: string): Promise<string> {
      return (await provider.visit(buttonOf(await open(url)))).href
    },
    /** The whole way, and what is shown at its end. */
    async signIn(url: string): Promise<Visit> {
      return open(await this.consent(url))
    },
  }
}

/** What a person reads. */
export function textOf({ html }: Visit): string {
  return unescaped(html.replace(/<style>.*?<\/style>/s, '').replace(/<[^>]+>/g, ' '))
}

function unescaped(text: string): string {
  return text.replace(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code)))
}
