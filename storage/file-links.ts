// Signed, expiring addresses of files: whoever holds one may read that file until then.

import { isSignatureOf, type SigningKeys, signatureOf } from './signatures.ts'

export interface LinkConfig extends SigningKeys {
  /** What the outside calls the API, without a slash at the end. */
  readonly publicUrl: string
}

/** The path of a file below the account's, such as `attachments/7`; `content` is its SHA-256. */
export type FilePath =
  | `attachments/${number}`
  | `privacy_requests/${number}/file`
  | `quarantine/${number}/file?content=${string}`

/** An absolute address that opens the file until then, to the second. */
export function fileUrl(
  config: LinkConfig,
  accountId: number,
  path: FilePath,
  until: Date,
): string {
  const expires = Math.floor(until.getTime() / 1000)
  const signature = signatureOf(config, 'attachment-links', signed(accountId, path, expires))
  const query = new URLSearchParams({ expires: String(expires), signature })
  const and = path.includes('?') ? '&' : '?'
  return `${config.publicUrl}/api/v1/accounts/${accountId}/${path}${and}${query}`
}

/** Whether the link was made by us, for this very file, and has not expired. */
export function isFileUrl(
  config: SigningKeys,
  accountId: number,
  path: FilePath,
  { expires, signature, now }: { expires: number; signature: string; now: Date },
): boolean {
  if (expires * 1000 < now.getTime()) return false
  return isSignatureOf(config, 'attachment-links', signed(accountId, path, expires), signature)
}

const signed = (accountId: number, path: FilePath, expires: number) =>
  `${accountId}/${path}/${expires}`
