// Signing in with Microsoft: the consent, the exchange and what keeps access alive, by MSAL.
import type { AuthenticationResult } from '@azure/msal-node'
import { claimsOf, type IdTokenClaims, InvalidIdToken } from '../../protocols/oauth/id-token.ts'
import { challengeOf } from '../../protocols/oauth/pkce.ts'
import { ChannelError, WrongAccount } from '../errors.ts'
import { aliasesAt } from '../mail/aliases.ts'
import { addressAt, foldersAt, switchAt } from '../mail/form-fields.ts'
import { type MailSignIn, type OAuthMailSettings, subjectOf } from '../mail/oauth.ts'
import { microsoftError } from './errors.ts'
import { type MicrosoftApp, type TokenClient, tokenClient } from './token-client.ts'

/** One resource a token: nothing of Graph may stand among them. MSAL adds what OpenID wants. */
const SCOPES = [
  'https://outlook.office.com/IMAP.AccessAsUser.All',
  'https://outlook.office.com/SMTP.Send',
]
const ASKED = [...SCOPES, 'offline_access', 'openid', 'profile', 'email']

/** The tenant of personal accounts. */
export const PERSONAL = '9188040d-6c67-4c5b-b112-36a304b66dad'

export function microsoftConnect(app: MicrosoftApp | null): MailSignIn {
  return {
    kind: 'oauth',
    configured: app !== null,
    ownerOf: subjectOf,

    read(form) {
      const { address, aliases, folders, sync_sent, delegate_login } = form as Record<
        string,
        unknown
      >
      return {
        address: addressAt(address),
        aliases: aliasesAt(aliases),
        folders: foldersAt(folders),
        sync_sent: switchAt(sync_sent, 'sync_sent', true),
        ...(delegate_login === undefined || delegate_login === null
          ? {}
          : { delegate_login: addressAt(delegate_login, 'delegate_login') }),
      }
    },

    async authorizationUrl(settings, { state, nonce, verifier, redirectUri }) {
      const { msal } = await tokenClient(app)
      return msal.getAuthCodeUrl({
        scopes: ASKED,
        redirectUri,
        state,
        nonce,
        responseMode: 'query',
        prompt: 'select_account',
        // MSAL leaves its own loginHint out where the account is to be chosen.
        extraQueryParameters: { login_hint: settings.delegate_login ?? settings.address },
        codeChallenge: challengeOf(verifier),
        codeChallengeMethod: 'S256',
      })
    },

    async exchange(settings, { nonce, verifier, redirectUri }, code) {
      const client = await tokenClient(app)
      const result = await client.msal
        .acquireTokenByCode({ scopes: ASKED, redirectUri, code, codeVerifier: verifier, nonce })
        .catch((error) => {
          throw exchangeError(microsoftError(error, client.lastReply()), client)
        })
      // MSAL takes an error without a body for an answer.
      if (!result.accessToken) throw microsoftError(undefined, client.lastReply())
      const claims = identityOf(result.idToken, app!.clientId, nonce)
      const expected = settings.delegate_login ?? settings.address
      if (!namesOf(claims).includes(expected.toLowerCase())) {
        throw new WrongAccount(namesOf(claims)[0] ?? '')
      }
      const refreshToken = client.refreshToken()
      if (!isGranted(result) || refreshToken === undefined) {
        throw new ChannelError('ActionRequired', { reason: 'permission_missing' })
      }
      return {
        access_token: result.accessToken,
        refresh_token: refreshToken,
        ...lifeOf(result),
        subject: `${claims.tid}/${claims.oid ?? claims.sub}`,
        // A shared mailbox is opened in its own name, with the token of who may open it.
        login:
          settings.delegate_login === undefined ? ownLogin(claims, settings) : settings.address,
      }
    },

    renewal: {
      // A refresh token that rests for 90 days dies.
      keepAliveDays: 30,

      async refresh(credentials) {
        const client = await tokenClient(app)
        const result = await client.msal
          .acquireTokenByRefreshToken({
            refreshToken: credentials.refresh_token,
            scopes: SCOPES,
            // Else the rotated token would be thrown away.
            forceCache: true,
          })
          .catch((error) => {
            throw microsoftError(error, client.lastReply())
          })
        if (!result?.accessToken) throw microsoftError(undefined, client.lastReply())
        return {
          ...credentials,
          access_token: result.accessToken,
          refresh_token: client.refreshToken() ?? credentials.refresh_token,
          ...lifeOf(result),
        }
      },
    },
  }
}

/** A code is good for once: whatever is wrong with it, the person begins anew. */
function exchangeError(meaning: ChannelError, client: TokenClient): ChannelError {
  // MSAL itself refused the answer, such as one with another nonce.
  const refusedHere = client.lastReply()?.status === 200
  const { error } = client.lastReply()?.body ?? {}
  const spent = error === 'invalid_grant' && meaning.details.reason === 'access_revoked'
  if (!refusedHere && !spent) return meaning
  return new ChannelError('ActionRequired', { ...meaning.details, reason: 'code_refused' })
}

function identityOf(token: string, audience: string, nonce: string): IdTokenClaims {
  try {
    return claimsOf(token, { audience, nonce, isIssuer, now: new Date() })
  } catch (error) {
    if (!(error instanceof InvalidIdToken)) throw error
    throw new ChannelError('ActionRequired', { reason: 'code_refused', evidence: error.message })
  }
}

function isIssuer({ iss, tid }: IdTokenClaims): boolean {
  return tid !== undefined && iss === `https://login.microsoftonline.com/${tid}/v2.0`
}

/** The account's primary names, the one that logs in first; aliases stand in no token. */
function namesOf({ preferred_username, email, upn }: IdTokenClaims): string[] {
  const names = [preferred_username, email, upn].filter((name) => name !== undefined)
  return names.map((name) => name.toLowerCase())
}

/** The mail servers know the account by its sign-in name, which may differ from its address. */
function ownLogin({ preferred_username, upn }: IdTokenClaims, { address }: OAuthMailSettings) {
  return preferred_username ?? upn ?? address
}

function isGranted({ scopes }: AuthenticationResult): boolean {
  const granted = scopes.map((scope) => scope.toLowerCase())
  return SCOPES.every((scope) => granted.includes(scope.toLowerCase()))
}

function lifeOf({ expiresOn }: AuthenticationResult) {
  const now = Date.now()
  return {
    minted_at: new Date(now).toISOString(),
    expires_at: (expiresOn ?? new Date(now + 3_600_000)).toISOString(),
  }
}
