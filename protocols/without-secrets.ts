// The words of a server that has repeated what we told it.

/** Base64 of some length, as logins travel in it. */
const BASE64 = /[A-Za-z0-9+/]{8,}={0,2}/g

/** The text without any of our secrets, as they are or within base64 (SASL sends login and all). */
export function withoutSecrets(text: string, secrets: readonly (string | undefined)[]): string {
  let clean = text
  for (const secret of secrets) {
    if (!secret) continue
    clean = clean
      .replace(BASE64, (word) => (Buffer.from(word, 'base64').includes(secret) ? '***' : word))
      .replaceAll(secret, '***')
  }
  return clean
}
