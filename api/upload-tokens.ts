// A file on its way into a message: the storage has its bytes, its sender holds the rest, signed.
// Nobody has to remember what is never used: an object that no row refers to is swept away.
import type { AttachedFile } from '../messaging/attach-files.ts'
import { isSignatureOf, signatureOf } from '../storage/signatures.ts'
import type { Deps } from './context.ts'

/** Shorter than an unused object is left alone (db/stored-objects.ts). */
const LIFETIME_MS = 30 * 60_000

/** Whose file it is, such as `user/7`. */
export interface UploadOwner {
  accountId: number
  owner: `user/${number}` | `visitor/${number}`
}

interface Upload {
  file: AttachedFile
  owner: string
  expiresAt: string
}

export function uploadToken(
  { config, clock }: Deps,
  { accountId, owner }: UploadOwner,
  file: AttachedFile,
): { token: string; expiresAt: string } {
  const expiresAt = new Date(clock().getTime() + LIFETIME_MS).toISOString()
  const upload: Upload = { file, owner, expiresAt }
  const text = Buffer.from(JSON.stringify(upload)).toString('base64url')
  const token = `${text}.${signatureOf(config, 'uploads', `${accountId}/${text}`)}`
  return { token, expiresAt }
}

/** Undefined when we did not give it to this owner, or it has expired. */
export function readUploadToken(
  { config, clock }: Deps,
  { accountId, owner }: UploadOwner,
  token: string,
): AttachedFile | undefined {
  const [text = '', signature = ''] = token.split('.')
  if (!isSignatureOf(config, 'uploads', `${accountId}/${text}`, signature)) return undefined
  const upload = JSON.parse(Buffer.from(text, 'base64url').toString()) as Upload
  const valid = upload.owner === owner && Date.parse(upload.expiresAt) > clock().getTime()
  return valid ? upload.file : undefined
}
