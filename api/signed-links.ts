// Signed, expiring addresses of files: whoever holds one may read that file for an hour.
import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto'
import type { Deps } from './context.ts'

const LIFETIME_S = 3600

/** The path of a file below the account's, such as `attachments/7`. */
export type FilePath = `attachments/${number}` | `privacy_requests/${number}/file`

/** An absolute address that opens the file until it expires. */
export function signedUrl({ config, clock }: Deps, accountId: number, path: FilePath): string {
  const expires = Math.floor(clock().getTime() / 1000) + LIFETIME_S
  const signature = sign(config.encryptionKeys[0]!.key, accountId, path, expires)
  const query = new URLSearchParams({ expires: String(expires), signature })
  return `${config.publicUrl}/api/v1/accounts/${accountId}/${path}?${query}`
}

/** Whether the link was made by us, for this very file, and has not expired. */
export function isSigned(
  { config, clock }: Deps,
  accountId: number,
  path: FilePath,
  link: { expires: number; signature: string },
): boolean {
  if (link.expires * 1000 < clock().getTime()) return false
  const given = Buffer.from(link.signature, 'base64url')
  // Every key, so that a rotation does not break the links on screen.
  return config.encryptionKeys.some(({ key }) => {
    const ours = Buffer.from(sign(key, accountId, path, link.expires), 'base64url')
    return ours.length === given.length && timingSafeEqual(ours, given)
  })
}

function sign(key: Buffer, accountId: number, path: FilePath, expires: number): string {
  const secret = Buffer.from(hkdfSync('sha256', key, '', 'attachment-links', 32))
  return createHmac('sha256', secret).update(`${accountId}/${path}/${expires}`).digest('base64url')
}
