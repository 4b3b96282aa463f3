// Google's and Microsoft's sign-in as contracts/channels.md has them, signed by oauth2-mock-server.
// It refuses what they refuse: unknown clients and redirects, codes used twice, a verifier that does
// not fit, refresh tokens that were revoked.
import { createHash, randomUUID } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import { OAuth2Server } from 'oauth2-mock-server'

export const CLIENT = { clientId: 'test-client', clientSecret: 'planted-client-secret' }
export const TENANT = '11111111-2222-3333-4444-555555555555'
const GOOGLE_SCOPE =
  'openid https://www.googleapis.com/auth/userinfo.email https://mail.google.com/'
const MICROSOFT_SCOPE =
  'https://outlook.office.com/IMAP.AccessAsUser.All https://outlook.office.com/SMTP.Send'

/** The person in front of the consent page, and what she does there. */
export interface Visitor {
  email: string
  /** Microsoft: the sign-in name, when it is not the address. */
  preferredUsername?: string
  /** What she leaves ticked; everything when absent. */
  scope?: string
  denies?: boolean
}

/** One answer of the token endpoint instead of the right one. */
export interface Fault {
  status: number
  body: Record<string, unknown>
  headers?: Record<string, string>
  /** The code or token has been taken, though the answer says otherwise. */
  afterwards?: boolean
}

interface Grant {
  email: string
  visitor: Visitor
  scope: string
  revoked: boolean
  /** Until when nobody needs another access token. */
  freshUntil: number
}

interface Code extends Grant {
  challenge: string
  redirectUri: string
  nonce: string | undefined
}

export type IdentityProvider = Awaited<ReturnType<typeof startIdentityProvider>>

export async function startIdentityProvider(kind: 'google' | 'microsoft') {
  const server = new OAuth2Server()
  await server.issuer.keys.generate('RS256')
  const codes = new Map<string, Code>()
  const seenCodes = new Set<string>()
  const refreshTokens = new Map<string, Grant>()
  const accessTokens = new Map<string, { grant: Grant; until: number }>()
  const faults: Fault[] = []
  const state = {
    visitor: { email: 'nobody@example.test' } as Visitor,
    tokenLifetimeS: 3600,
    /** Redirects that the app is registered with. */
    redirectUris: [] as string[],
    /** Claims that an attacker or a bug would put into the id token. */
    claims: {} as Record<string, unknown>,
    down: false,
    /** Refreshes by address, in the order they were asked for. */
    refreshes: [] as string[],
    /** Forms that the token endpoint got. */
    forms: [] as Record<string, string>[],
    revocations: 0,
    /** Refreshes while the token before was good for more than a fifth of its life. */
    duplicates: 0,
    /** Before a refresh is answered. */
    beforeRefresh: async () => {},
  }
  const { service } = server
  const paths =
    kind === 'google'
      ? { authorize: '/o/oauth2/v2/auth', token: '/google/token', revoke: '/google/revoke' }
      : { authorize: '/common/oauth2/v2.0/authorize', token: '/common/oauth2/v2.0/token' }

  service.addRoute('GET', paths.authorize, ({ query }, response) => {
    const asked = query as Record<string, string>
    const wrong =
      asked.client_id !== CLIENT.clientId ||
      asked.response_type !== 'code' ||
      asked.code_challenge_method !== 'S256' ||
      !asked.code_challenge ||
      !state.redirectUris.includes(asked.redirect_uri ?? '')
    if (wrong) return answer(response, 400, { error: 'invalid_request' })
    const back = new URL(asked.redirect_uri!)
    back.searchParams.set('state', asked.state ?? '')
    const { visitor } = state
    if (visitor.denies) back.searchParams.set('error', 'access_denied')
    else {
      const code = `4/${randomUUID()}`
      seenCodes.add(code)
      codes.set(code, {
        email: visitor.email,
        visitor,
        scope: visitor.scope ?? (kind === 'google' ? GOOGLE_SCOPE : MICROSOFT_SCOPE),
        revoked: false,
        freshUntil: 0,
        challenge: asked.code_challenge!,
        redirectUri: asked.redirect_uri!,
        nonce: asked.nonce,
      })
      back.searchParams.set('code', code)
    }
    response.writeHead(302, { location: back.href }).end()
  })

  service.addRoute('POST', paths.token, async ({ body }, response) => {
    const form = body as Record<string, string>
    state.forms.push(form)
    if (state.down) return void response.destroy()
    const fault = faults.shift()
    if (fault && !fault.afterwards) return answer(response, fault.status, fault.body, fault.headers)
    const known = form.client_id === CLIENT.clientId && form.client_secret === CLIENT.clientSecret
    if (!known) return answer(response, 401, problem('invalid_client', 7000215, 'Unauthorized'))
    const reply = form.grant_type === 'refresh_token' ? await refresh(form) : await trade(form)
    if (fault) return answer(response, fault.status, fault.body, fault.headers)
    answer(response, 'error' in reply ? 400 : 200, reply)
  })

  if (paths.revoke) {
    // Google ends every grant of the person, whichever token is named.
    service.addRoute('POST', paths.revoke, ({ query }, response) => {
      state.revocations += 1
      const grant = refreshTokens.get(String(query.token))
      if (!grant) return answer(response, 400, { error: 'invalid_token' })
      revoke(grant.email)
      answer(response, 200, {})
    })
  }

  // What Dovecot asks (RFC 7662).
  service.addRoute('POST', '/introspection', ({ body }, response) => {
    if (state.down) return void response.destroy()
    const { token = '' } = body as Record<string, string>
    const grant = accessTokens.get(token)?.grant
    const answered = grant && isActive(token)
    answer(response, 200, answered ? { active: true, email: grant.email } : { active: false })
  })

  function isActive(token: string): boolean {
    const known = accessTokens.get(token)
    return known !== undefined && !known.grant.revoked && known.until > Date.now()
  }

  async function trade(form: Record<string, string>): Promise<Record<string, unknown>> {
    const code = codes.get(form.code ?? '')
    codes.delete(form.code ?? '')
    if (!code) return problem('invalid_grant', 54005, 'Malformed auth code.')
    const challenge = createHash('sha256')
      .update(form.code_verifier ?? '')
      .digest('base64url')
    if (challenge !== code.challenge || form.redirect_uri !== code.redirectUri) {
      return problem('invalid_grant', 70000, 'Bad Request')
    }
    const { challenge: _, redirectUri: __, nonce, ...grant } = code
    return {
      ...tokensOf(grant),
      refresh_token: newRefreshToken(grant),
      id_token: await idTokenOf(grant.visitor, nonce),
    }
  }

  async function refresh(form: Record<string, string>): Promise<Record<string, unknown>> {
    const grant = refreshTokens.get(form.refresh_token ?? '')
    state.refreshes.push(grant?.email ?? 'unknown')
    if (grant && grant.freshUntil > Date.now()) state.duplicates += 1
    await state.beforeRefresh()
    if (!grant || grant.revoked) {
      return problem('invalid_grant', 50173, 'Token has been expired or revoked.')
    }
    // Microsoft hands out another each time, and the old one stays good.
    const rotated = kind === 'microsoft' ? { refresh_token: newRefreshToken(grant) } : {}
    return { ...tokensOf(grant), ...rotated, id_token: await idTokenOf(grant.visitor, undefined) }
  }

  function tokensOf(grant: Grant) {
    const token = `at-${randomUUID()}`
    const lifetime = state.tokenLifetimeS
    accessTokens.set(token, { grant, until: Date.now() + lifetime * 1000 })
    grant.freshUntil = Date.now() + lifetime * 800
    return {
      access_token: token,
      expires_in: lifetime,
      scope: grant.scope,
      token_type: 'Bearer',
    }
  }

  function newRefreshToken(grant: Grant): string {
    const token = `rt-${randomUUID()}`
    refreshTokens.set(token, grant)
    return token
  }

  function idTokenOf(visitor: Visitor, nonce: string | undefined): Promise<string> {
    const subject = createHash('sha256').update(visitor.email).digest('hex').slice(0, 21)
    return server.issuer.buildToken({
      expiresIn: 3600,
      scopesOrTransform: (_header, payload) => {
        Object.assign(payload, {
          aud: CLIENT.clientId,
          sub: subject,
          email: visitor.email,
          ...(nonce === undefined ? {} : { nonce }),
          ...(kind === 'google'
            ? { iss: 'https://accounts.google.com', email_verified: true }
            : {
                iss: `https://login.microsoftonline.com/${TENANT}/v2.0`,
                tid: TENANT,
                oid: subject,
                preferred_username: visitor.preferredUsername ?? visitor.email,
                ver: '2.0',
              }),
          ...state.claims,
        })
      },
    })
  }

  function problem(error: string, code: number, words: string): Record<string, unknown> {
    if (kind === 'google') return { error, error_description: words }
    const trace = 'Trace ID: 0 Correlation ID: 0 Timestamp: 2026-11-20 10:00:00Z'
    const error_description = `AADSTS${code}: ${words} ${trace}`
    return { error, error_description, error_codes: [code], suberror: '' }
  }

  function revoke(email: string): void {
    for (const grant of refreshTokens.values()) if (grant.email === email) grant.revoked = true
    for (const { grant } of accessTokens.values()) if (grant.email === email) grant.revoked = true
  }

  await server.start(0, '127.0.0.1')
  const { port } = server.address()
  const url = `http://127.0.0.1:${port}`
  return Object.assign(state, {
    url,
    port,
    faults,
    revoke,
    /** What signing in would have brought. */
    grant(email: string) {
      const grant = {
        email,
        visitor: { email },
        scope: GOOGLE_SCOPE,
        revoked: false,
        freshUntil: 0,
      }
      const { access_token, expires_in } = tokensOf(grant)
      const now = Date.now()
      return {
        access_token,
        refresh_token: newRefreshToken(grant),
        minted_at: new Date(now).toISOString(),
        expires_at: new Date(now + expires_in * 1000).toISOString(),
        subject: email,
        login: email,
      }
    },
    newestRefreshToken: () => [...refreshTokens.keys()].at(-1),
    /** Access tokens alone: what was handed out so far is refused, a refresh works. */
    endAccessTokens() {
      accessTokens.clear()
    },
    /** Answers of the token endpoint that come next. */
    fail(...next: Fault[]) {
      faults.push(...next)
    },
    /** Everything that must never be seen. */
    secrets: () => [
      CLIENT.clientSecret,
      ...seenCodes,
      ...refreshTokens.keys(),
      ...accessTokens.keys(),
    ],
    accessOf: (token: string) => accessTokens.get(token)?.grant,
    hasAccess: isActive,
    introspection: `${url}/introspection`,
    /** For createGoogle. */
    endpoints: {
      oauth2AuthBaseUrl: `${url}${paths.authorize}`,
      oauth2TokenUrl: `${url}${paths.token}`,
      oauth2RevokeUrl: `${url}${paths.revoke}`,
    },
    /** For createMicrosoft: Microsoft's own addresses lead here. */
    fetch: ((address: string, init?: RequestInit) =>
      fetch(address.replace('https://login.microsoftonline.com', url), init)) as typeof fetch,
    /** What a browser does with an authorization URL: the address it is sent back to. */
    async visit(address: string): Promise<URL> {
      const here = address.replace('https://login.microsoftonline.com', url)
      const response = await fetch(here, { redirect: 'manual' })
      const location = response.headers.get('location')
      if (location === null) throw new Error(`The sign-in said ${response.status}`)
      return new URL(location)
    },
    stop: () => server.stop(),
  })
}

function answer(
  response: ServerResponse,
  status: number,
  body: Record<string, unknown>,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers })
  response.end(JSON.stringify(body))
}
