// Signed, expiring addresses of files: whoever holds one may read that file for an hour.
import type { Deps } from './context.ts'
import { Type } from './schemas.ts'
import { isSignatureOf, signatureOf } from './signatures.ts'

const LIFETIME_S = 3600

/** The path of a file below the account's, such as `attachments/7`. */
export type FilePath = `attachments/${number}` | `privacy_requests/${number}/file`

/** An absolute address that opens the file until it expires. */
export function signedUrl({ config, clock }: Deps, accountId: number, path: FilePath): string {
  const expires = Math.floor(clock().getTime() / 1000) + LIFETIME_S
  const signature = signatureOf(config, 'attachment-links', signed(accountId, path, expires))
  const query = new URLSearchParams({ expires: String(expires), signature })
  return `${config.publicUrl}/api/v1/accounts/${accountId}/${path}?${query}`
}

/** Query of a route that a signed link opens. */
export const SignedQuery = Type.Object({
  expires: Type.Integer({ default: 0 }),
  signature: Type.String({ maxLength: 100, default: '' }),
})

/** Whether the link was made by us, for this very file, and has not expired. */
export function isSigned(
  { config, clock }: Deps,
  accountId: number,
  path: FilePath,
  link: { expires: number; signature: string },
): boolean {
  if (link.expires * 1000 < clock().getTime()) return false
  const text = signed(accountId, path, link.expires)
  return isSignatureOf(config, 'attachment-links', text, link.signature)
}

const signed = (accountId: number, path: FilePath, expires: number) =>
  `${accountId}/${path}/${expires}`
