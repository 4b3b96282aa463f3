// One MSAL client for one operation: its cache of throttled apps would let one tenant's 429 stop all.
import type { ConfidentialClientApplication, INetworkModule } from '@azure/msal-node'
import { ChannelError } from '../errors.ts'
import type { OAuthApp } from '../mail/oauth.ts'
import type { TokenReply } from './errors.ts'

export interface MicrosoftApp extends OAuthApp {
  /** Another way to Microsoft's addresses, for tests. */
  fetch?: typeof fetch
}

/** Any work or school account, and personal ones. */
const AUTHORITY = 'https://login.microsoftonline.com/common'
const TIMEOUT_MS = 20_000

export interface TokenClient {
  msal: ConfidentialClientApplication
  /** What the token endpoint answered last; MSAL keeps neither status nor headers. */
  lastReply(): TokenReply | undefined
  /** MSAL hides the refresh token in its cache. */
  refreshToken(): string | undefined
}

/** @throws ChannelError when no app is registered */
export async function tokenClient(app: MicrosoftApp | null): Promise<TokenClient> {
  if (app === null) throw new ChannelError('Unavailable', { reason: 'oauth_app_broken' })
  const { ConfidentialClientApplication } = await import('@azure/msal-node')
  let last: TokenReply | undefined
  const { clientId, clientSecret } = app
  const msal = new ConfidentialClientApplication({
    auth: { clientId, clientSecret, authority: AUTHORITY },
    system: {
      networkClient: networkOf(app.fetch ?? fetch, (reply) => {
        last = reply
      }),
      // A repeated POST would spend a code whose answer was lost.
      disableInternalRetries: true,
    },
  })
  return {
    msal,
    lastReply: () => last,
    refreshToken() {
      const cache = JSON.parse(msal.getTokenCache().serialize()) as {
        RefreshToken?: Record<string, { secret?: string }>
      }
      return Object.values(cache.RefreshToken ?? {})[0]?.secret
    },
  }
}

function networkOf(send: typeof fetch, heard: (reply: TokenReply) => void): INetworkModule {
  const call = async <T>(method: 'GET' | 'POST', url: string, options?: NetworkOptions) => {
    const response = await send(url, {
      method,
      signal: AbortSignal.timeout(TIMEOUT_MS),
      ...(options?.headers ? { headers: options.headers } : {}),
      ...(options?.body && method === 'POST' ? { body: options.body } : {}),
    })
    const headers = Object.fromEntries(response.headers)
    // A gateway in trouble answers with a page.
    const body: unknown = await response.json().catch(() => ({}))
    const reply = { status: response.status, headers, body: body as T }
    heard(reply as TokenReply)
    return reply
  }
  return {
    sendGetRequestAsync: (url, options) => call('GET', url, options),
    sendPostRequestAsync: (url, options) => call('POST', url, options),
  }
}

interface NetworkOptions {
  headers?: Record<string, string>
  body?: string
}
