// Signing in and refreshing at Google and Microsoft, by their own libraries against the simulator.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { OAuthCredentials } from '../../channels/channel.ts'
import { newConsent } from '../../channels/consent.ts'
import { InvalidSettings, WrongAccount } from '../../channels/errors.ts'
import { googleConnect } from '../../channels/google/connect.ts'
import type { MailSignIn } from '../../channels/mail/oauth.ts'
import { microsoftConnect } from '../../channels/microsoft/connect.ts'
import {
  CLIENT,
  type IdentityProvider,
  startIdentityProvider,
} from '../simulators/identity-provider.ts'

const ADDRESS = 'ana@shop.test'
const REDIRECT = 'https://chat.test/oauth/callback'

const makers = {
  google: ({ endpoints }: IdentityProvider) => googleConnect({ ...CLIENT, endpoints }),
  microsoft: ({ fetch }: IdentityProvider) => microsoftConnect({ ...CLIENT, fetch }),
}

describe.each(['google', 'microsoft'] as const)('%s', (kind) => {
  let provider: IdentityProvider
  let connect: MailSignIn
  beforeAll(async () => {
    provider = await startIdentityProvider(kind)
    provider.redirectUris.push(REDIRECT)
    connect = makers[kind](provider)
  })
  afterAll(() => provider.stop())
  beforeEach(() => {
    provider.visitor = { email: ADDRESS }
    provider.claims = {}
    provider.forms.length = 0
  })

  const settingsOf = (form: object = {}) => connect.read({ address: ADDRESS, ...form })

  async function signIn(settings = settingsOf(), consent = newConsent(REDIRECT)) {
    const back = await provider.visit(await connect.authorizationUrl(settings, consent))
    expect(back.searchParams.get('state')).toBe(consent.state)
    return connect.exchange(settings, consent, back.searchParams.get('code')!)
  }
  const failure = (work: Promise<unknown>) =>
    work.then(
      () => undefined,
      (error) => [error.kind, error.details?.reason],
    )

  test('the way to the provider names the mailbox, asks for all that is needed and lets choose', async () => {
    const consent = newConsent(REDIRECT)
    const url = new URL(await connect.authorizationUrl(settingsOf(), consent))
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      client_id: CLIENT.clientId,
      redirect_uri: REDIRECT,
      login_hint: ADDRESS,
      state: consent.state,
      nonce: consent.nonce,
      code_challenge_method: 'S256',
      prompt: expect.stringContaining('select_account'),
      scope: expect.stringMatching(kind === 'google' ? /mail\.google/ : /IMAP\.AccessAsUser\.All/),
    })
    expect(url.href).not.toContain(consent.verifier)
    expect(url.href).not.toContain(CLIENT.clientSecret)
  })

  test('a code becomes tokens, and the account is known by a lasting name', async () => {
    const before = Date.now()
    const credentials = await signIn()
    expect(credentials).toMatchObject({
      access_token: expect.stringMatching(/^at-/),
      refresh_token: expect.stringMatching(/^rt-/),
      login: ADDRESS,
      subject: expect.stringMatching(/\w{20}/),
    })
    const expires = Date.parse(credentials.expires_at)
    expect(expires).toBeGreaterThan(before + 3_500_000)
    expect(expires).toBeLessThan(before + 3_700_000)
    expect((await signIn()).subject).toBe(credentials.subject)
  })

  test('a code is spent once: a lost answer is not asked for again', async () => {
    const settings = settingsOf()
    const consent = newConsent(REDIRECT)
    const back = await provider.visit(await connect.authorizationUrl(settings, consent))
    const code = back.searchParams.get('code')!
    provider.fail({ status: 503, body: {}, afterwards: true })
    const once = connect.exchange(settings, consent, code)
    expect(await failure(once)).toEqual(['Unavailable', 'sign_in_unavailable'])
    expect(provider.forms).toHaveLength(1)
    const again = connect.exchange(settings, consent, code)
    expect(await failure(again)).toEqual(['ActionRequired', 'code_refused'])
  })

  test('a code is worth nothing to somebody without the verifier', async () => {
    const settings = settingsOf()
    const consent = newConsent(REDIRECT)
    const back = await provider.visit(await connect.authorizationUrl(settings, consent))
    const stolen = { ...consent, verifier: newConsent(REDIRECT).verifier }
    const exchange = connect.exchange(settings, stolen, back.searchParams.get('code')!)
    expect(await failure(exchange)).toEqual(['ActionRequired', 'code_refused'])
  })

  test('another account than the inbox’s is refused by its name', async () => {
    provider.visitor = { email: 'bruno@shop.test' }
    const error = await signIn().catch((cause) => cause)
    expect(error).toBeInstanceOf(WrongAccount)
    expect(error).toMatchObject({ kind: 'ActionRequired', signedInAs: 'bruno@shop.test' })
    // What travels through Temporal names nobody.
    expect(JSON.stringify(error.details)).not.toContain('@')
  })

  test.each([
    ['another audience', { aud: 'another-app' }],
    ['another issuer', { iss: 'https://accounts.evil.test' }],
    ['another sign-in', { nonce: 'replayed' }],
    ['a time long past', { exp: 1_600_000_000 }],
  ])('an id token with %s is refused', async (_, claims) => {
    provider.claims = claims
    expect(await failure(signIn())).toEqual(['ActionRequired', 'code_refused'])
  })

  test('clocks may differ by two minutes', async () => {
    const now = Math.floor(Date.now() / 1000)
    provider.claims = { iat: now + 120, nbf: now + 120, exp: now - 120 }
    await signIn()
  })

  test('mail left unticked is noticed', async () => {
    const scope = kind === 'google' ? 'openid email' : 'openid profile'
    provider.visitor = { email: ADDRESS, scope }
    expect(await failure(signIn())).toEqual(['ActionRequired', 'permission_missing'])
  })

  test('a refresh brings a new access token, and keeps what can be used again', async () => {
    const first = await signIn()
    const second = await connect.renewal.refresh(first)
    expect(second.access_token).not.toBe(first.access_token)
    expect(provider.hasAccess(second.access_token)).toBe(true)
    if (kind === 'google') expect(second.refresh_token).toBe(first.refresh_token)
    else expect(second.refresh_token).not.toBe(first.refresh_token)
    const third = await connect.renewal.refresh(second)
    expect(third).toMatchObject({ subject: first.subject, login: ADDRESS })
  })

  test('one inbox’s throttling stops no other', async () => {
    const credentials = await signIn()
    provider.fail({ status: 429, body: {}, headers: { 'retry-after': '7' } })
    const error = await connect.renewal.refresh(credentials).catch((cause) => cause)
    expect(error).toMatchObject({
      kind: 'RateLimited',
      details: { reason: 'sign_in_throttled', retryAfterMs: 7000 },
    })
    await connect.renewal.refresh(credentials)
  })

  test('revoked access is proved by the token endpoint', async () => {
    const credentials = await signIn()
    provider.revoke(ADDRESS)
    expect(await failure(connect.renewal.refresh(credentials))).toEqual([
      'ReauthorizationRequired',
      'access_revoked',
    ])
  })

  test('an identity provider that is away proves nothing', async () => {
    const credentials = await signIn()
    provider.down = true
    const refreshed = failure(connect.renewal.refresh(credentials))
    expect(await refreshed).toEqual(['Unavailable', 'sign_in_unavailable'])
    provider.down = false
  })

  test('an app that the operator broke is nobody’s fault', async () => {
    const broken = makers[kind](provider)
    const credentials = await signIn()
    provider.fail({ status: 401, body: { error: 'invalid_client' } })
    expect(await failure(broken.renewal.refresh(credentials))).toEqual([
      'Unavailable',
      'oauth_app_broken',
    ])
  })

  test('nothing that fails repeats a secret or an address', async () => {
    const credentials = await signIn()
    const words = `User account '${ADDRESS}' does not exist`
    provider.fail({ status: 400, body: { error: 'invalid_grant', error_description: words } })
    const error = await connect.renewal.refresh(credentials).catch((cause) => cause)
    const said = JSON.stringify(error.details)
    for (const secret of [ADDRESS, CLIENT.clientSecret, ...tokensIn(credentials)]) {
      expect(said).not.toContain(secret)
    }
  })
})

const tokensIn = ({ access_token, refresh_token }: OAuthCredentials) => [
  access_token,
  refresh_token,
]

describe('forms', () => {
  test('Google reads INBOX alone, and Sent only when asked', () => {
    const { read } = googleConnect(null)
    expect(read({ address: ' Ana@SHOP.test ' })).toEqual({
      address: 'Ana@shop.test',
      aliases: [],
      folders: ['INBOX'],
      sync_sent: false,
    })
    expect(() => read({ address: ADDRESS, folders: ['Archive'] })).toThrow(InvalidSettings)
  })

  test('Microsoft reads Sent too, and other folders when asked', () => {
    const { read } = microsoftConnect(null)
    expect(read({ address: ADDRESS, folders: ['Inbox', 'Vendas'] })).toEqual({
      address: ADDRESS,
      aliases: [],
      folders: ['INBOX', 'Vendas'],
      sync_sent: true,
    })
  })
})

describe('Microsoft', () => {
  let provider: IdentityProvider
  beforeAll(async () => {
    provider = await startIdentityProvider('microsoft')
    provider.redirectUris.push(REDIRECT)
  })
  afterAll(() => provider.stop())

  async function signIn(form: object, visitor: IdentityProvider['visitor']) {
    provider.visitor = visitor
    const connect = makers.microsoft(provider)
    const settings = connect.read(form)
    const consent = newConsent(REDIRECT)
    const back = await provider.visit(await connect.authorizationUrl(settings, consent))
    return connect.exchange(settings, consent, back.searchParams.get('code')!)
  }

  test('who signs in by another name than the address logs in by that name', async () => {
    const preferredUsername = 'ana@shop.onmicrosoft.com'
    const credentials = await signIn({ address: ADDRESS }, { email: ADDRESS, preferredUsername })
    expect(credentials.login).toBe(preferredUsername)
  })

  test('an alias, which no token names, is refused', async () => {
    const signedIn = signIn({ address: 'vendas@shop.test' }, { email: ADDRESS })
    await expect(signedIn).rejects.toThrow(WrongAccount)
  })

  test('a shared mailbox is opened in its own name by who was named to open it', async () => {
    const form = { address: 'support@shop.test', delegate_login: ADDRESS }
    expect((await signIn(form, { email: ADDRESS })).login).toBe('support@shop.test')
    await expect(signIn(form, { email: 'support@shop.test' })).rejects.toThrow(WrongAccount)
  })
})
