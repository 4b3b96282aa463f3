// Signing what leaves us and has to come back unchanged: links to files, ids of uploads.
import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto'

/** The first signs, any of them is believed. */
export interface SigningKeys {
  readonly encryptionKeys: readonly { key: Buffer }[]
}

/** What is signed for one purpose proves nothing for another. */
type Purpose =
  | 'attachment-links'
  | 'consents'
  | 'deletions'
  | 'uploads'
  | 'invitations'
  | 'payloads'

/** base64url. */
export function signatureOf(
  { encryptionKeys }: SigningKeys,
  purpose: Purpose,
  text: string,
): string {
  return sign(encryptionKeys[0]!.key, purpose, text).toString('base64url')
}

/** With any of our keys, so that a rotation breaks nothing that is on a screen. */
export function isSignatureOf(
  { encryptionKeys }: SigningKeys,
  purpose: Purpose,
  text: string,
  signature: string,
): boolean {
  const given = Buffer.from(signature, 'base64url')
  return encryptionKeys.some(({ key }) => {
    const ours = sign(key, purpose, text)
    return ours.length === given.length && timingSafeEqual(ours, given)
  })
}

function sign(key: Buffer, purpose: Purpose, text: string): Buffer {
  const secret = Buffer.from(hkdfSync('sha256', key, '', purpose, 32))
  return createHmac('sha256', secret).update(text).digest()
}
