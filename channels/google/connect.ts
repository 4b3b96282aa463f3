// Signing in with Google: the consent, the exchange and what keeps access alive, by googleapis.
import { claimsOf, type IdTokenClaims, InvalidIdToken } from '../../protocols/oauth/id-token.ts'
import { challengeOf } from '../../protocols/oauth/pkce.ts'
import type { Consent, OAuthCredentials } from '../channel.ts'
import { ChannelError, InvalidSettings, WrongAccount } from '../errors.ts'
import { aliasesAt } from '../mail/aliases.ts'
import { addressAt, switchAt } from '../mail/form-fields.ts'
import { type MailServers, type MailSignIn, type OAuthApp, subjectOf } from '../mail/oauth.ts'
import { googleError } from './errors.ts'

export interface GoogleProvider extends OAuthApp {
  /** Others than Google's own, for tests. */
  endpoints?: { oauth2AuthBaseUrl: string; oauth2TokenUrl: string; oauth2RevokeUrl: string }
  servers?: MailServers
  /** Tell people that Google has not verified the app yet. */
  beta?: boolean
}

/** IMAP takes nothing narrower. */
const MAIL = 'https://mail.google.com/'
const SCOPES = ['openid', 'email', MAIL]
const ISSUERS = ['https://accounts.google.com', 'accounts.google.com']
/** A person waits for a sign-in, and a disconnect for a revocation tried three times. */
const TIMEOUT_MS = 10_000

export function googleConnect(provider: GoogleProvider | null): MailSignIn {
  return {
    kind: 'oauth',
    configured: provider !== null,
    ownerOf: subjectOf,
    revoke: (credentials) => revokeAccess(provider, credentials as OAuthCredentials),

    read(form) {
      const { address, aliases, folders, sync_sent } = form as Record<string, unknown>
      const only = folders === undefined || String(folders) === 'INBOX'
      if (!only) throw new InvalidSettings('folders', 'inbox_only')
      return {
        address: addressAt(address),
        aliases: aliasesAt(aliases),
        folders: ['INBOX'],
        sync_sent: switchAt(sync_sent, 'sync_sent', false),
      }
    },

    async authorizationUrl({ address }, { state, nonce, verifier, redirectUri }) {
      const client = await clientOf(provider, redirectUri)
      return client.generateAuthUrl({
        scope: SCOPES,
        access_type: 'offline',
        // Only a new consent brings a refresh token again; the account is never taken for granted.
        prompt: 'select_account consent',
        include_granted_scopes: true,
        login_hint: address,
        state,
        nonce,
        code_challenge: challengeOf(verifier),
        code_challenge_method: 'S256' as never,
      })
    },

    async exchange(settings, consent, code) {
      const client = await clientOf(provider, consent.redirectUri)
      const { verifier: codeVerifier } = consent
      const { tokens } = await client.getToken({ code, codeVerifier }).catch((error) => {
        throw exchangeError(error)
      })
      const claims = identityOf(tokens.id_token, provider!.clientId, consent)
      if (!isSameMailbox(claims, settings.address)) throw new WrongAccount(claims.email ?? '')
      // People can leave single permissions unticked.
      const granted = (tokens.scope ?? '').split(' ').includes(MAIL)
      if (!granted || !tokens.refresh_token || !tokens.access_token) {
        throw new ChannelError('ActionRequired', { reason: 'permission_missing' })
      }
      return {
        access_token: tokens.access_token,
        refresh_token: tokens.refresh_token,
        ...lifeOf(tokens.expiry_date),
        subject: claims.sub,
        login: claims.email ?? settings.address,
      }
    },

    renewal: {
      // Google forgets a token that rests for six months.
      keepAliveDays: 60,

      async refresh(credentials) {
        const client = await clientOf(provider)
        client.setCredentials({ refresh_token: credentials.refresh_token })
        const { credentials: fresh } = await client.refreshAccessToken().catch((error) => {
          throw googleError(error)
        })
        if (!fresh.access_token) {
          throw new ChannelError('Unavailable', { reason: 'sign_in_unavailable' })
        }
        return {
          ...credentials,
          access_token: fresh.access_token,
          // As a rule there is no new one.
          refresh_token: fresh.refresh_token ?? credentials.refresh_token,
          ...lifeOf(fresh.expiry_date),
        }
      },
    },
  }
}

/** Ends every grant this person gave the app, in whichever inbox. An unknown token is as good. */
async function revokeAccess(
  provider: GoogleProvider | null,
  { refresh_token }: OAuthCredentials,
): Promise<void> {
  const client = await clientOf(provider)
  await client.revokeToken(refresh_token).catch((error) => {
    if (error.response?.status !== 400) throw googleError(error)
  })
}

/** Loaded when it is first needed: it takes a quarter of a second and 26 MB. */
async function clientOf(provider: GoogleProvider | null, redirectUri?: string) {
  if (provider === null) throw new ChannelError('Unavailable', { reason: 'oauth_app_broken' })
  const { auth } = await import('googleapis/build/src/apis/oauth2/index.js')
  const { clientId, clientSecret, endpoints } = provider
  const client = new auth.OAuth2({
    clientId,
    clientSecret,
    ...(redirectUri === undefined ? {} : { redirectUri }),
    ...(endpoints === undefined ? {} : { endpoints }),
  })
  const { transporter } = client
  const request = transporter.request.bind(transporter)
  // The library repeats a POST on its own, and would so spend a code whose answer was lost.
  transporter.request = (options) =>
    request({ ...options, retryConfig: { retry: 0 }, timeout: TIMEOUT_MS })
  return client
}

/** A code is good for once: whatever is wrong with it, the person begins anew. */
function exchangeError(error: unknown): ChannelError {
  const meaning = googleError(error)
  if (meaning.kind !== 'ReauthorizationRequired') return meaning
  return new ChannelError('ActionRequired', { ...meaning.details, reason: 'code_refused' })
}

function identityOf(token: string | null | undefined, audience: string, { nonce }: Consent) {
  try {
    const isIssuer = ({ iss }: IdTokenClaims) => ISSUERS.includes(iss)
    return claimsOf(token, { audience, nonce, isIssuer, now: new Date() })
  } catch (error) {
    if (!(error instanceof InvalidIdToken)) throw error
    throw new ChannelError('ActionRequired', { reason: 'code_refused', evidence: error.message })
  }
}

function isSameMailbox({ email, email_verified }: IdTokenClaims, address: string): boolean {
  return email_verified !== false && plain(email ?? '') === plain(address)
}

/** Gmail ignores dots, and had another name in some countries. */
function plain(address: string): string {
  const [local = '', domain = ''] = address.toLowerCase().split('@')
  const gmail = domain === 'gmail.com' || domain === 'googlemail.com'
  return gmail ? `${local.replaceAll('.', '')}@gmail.com` : `${local}@${domain}`
}

function lifeOf(expiryMs: number | null | undefined) {
  const now = Date.now()
  return {
    minted_at: new Date(now).toISOString(),
    expires_at: new Date(expiryMs ?? now + 3_600_000).toISOString(),
  }
}
