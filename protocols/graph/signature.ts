// Proof that Meta sent something: HMACs made with the app's secret. Pure.

import { createHmac, timingSafeEqual } from 'node:crypto'

/**
 * Whether `X-Hub-Signature-256` was made over these very bytes. Meta escapes unicode and slashes in
 * its own way, so nothing that was parsed and written again would do.
 * https://developers.facebook.com/docs/graph-api/webhooks/getting-started#validate-payloads
 */
export function isSignedBy(secret: string, body: Buffer, header: unknown): boolean {
  const given = typeof header === 'string' ? /^sha256=([\da-f]{64})$/.exec(header)?.[1] : undefined
  if (given === undefined) return false
  const expected = createHmac('sha256', secret).update(body).digest()
  return timingSafeEqual(Buffer.from(given, 'hex'), expected)
}

/**
 * What a `signed_request` says; undefined unless the app's secret made its signature.
 * https://developers.facebook.com/docs/facebook-login/guides/advanced/oidc-token
 */
export function readSignedRequest(
  text: string,
  secret: string,
): Record<string, unknown> | undefined {
  const [signature = '', payload = '', ...rest] = text.split('.')
  const given = Buffer.from(signature, 'base64url')
  const expected = createHmac('sha256', secret).update(payload).digest()
  if (rest.length > 0 || given.length !== expected.length) return undefined
  if (!timingSafeEqual(given, expected)) return undefined
  try {
    const said: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'))
    return typeof said === 'object' && said !== null ? { ...said } : undefined
  } catch {
    return undefined
  }
}

/** `appsecret_proof`: the token is used by the app it was made for. */
export function proofOf(secret: string, token: string): string {
  return createHmac('sha256', secret).update(token).digest('hex')
}
