// Signed, expiring addresses of attachments: whoever holds one may read that file for an hour.
import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto'
import type { Deps } from './context.ts'

const LIFETIME_S = 3600

/** An absolute address that opens the attachment until it expires. */
export function signedUrl({ config, clock }: Deps, accountId: number, id: number): string {
  const expires = Math.floor(clock().getTime() / 1000) + LIFETIME_S
  const signature = sign(config.encryptionKeys[0]!.key, accountId, id, expires)
  const query = new URLSearchParams({ expires: String(expires), signature })
  return `${config.publicUrl}/api/v1/accounts/${accountId}/attachments/${id}?${query}`
}

/** Whether the link was made by us, for this very file, and has not expired. */
export function isSigned(
  { config, clock }: Deps,
  accountId: number,
  id: number,
  link: { expires: number; signature: string },
): boolean {
  if (link.expires * 1000 < clock().getTime()) return false
  const given = Buffer.from(link.signature, 'base64url')
  // Every key, so that a rotation does not break the links on screen.
  return config.encryptionKeys.some(({ key }) => {
    const ours = Buffer.from(sign(key, accountId, id, link.expires), 'base64url')
    return ours.length === given.length && timingSafeEqual(ours, given)
  })
}

function sign(key: Buffer, accountId: number, id: number, expires: number): string {
  const secret = Buffer.from(hkdfSync('sha256', key, '', 'attachment-links', 32))
  return createHmac('sha256', secret).update(`${accountId}/${id}/${expires}`).digest('base64url')
}
