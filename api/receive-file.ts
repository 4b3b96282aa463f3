// A file of a multipart request, streamed into the storage and handed back as a signed id.
import multipart from '@fastify/multipart'
import type { FastifyReply, FastifyRequest, FastifySchemaCompiler } from 'fastify'
import type { Config } from '../config.ts'
import { claimObjects } from '../db/stored-objects.ts'
import { FileRefused } from '../storage/scanned.ts'
import { FileTooLarge, storeStream } from '../storage/store-stream.ts'
import type { App, Deps } from './context.ts'
import { apiError, invalidField } from './errors.ts'
import { type Static, Time, Type } from './schemas.ts'
import { type UploadOwner, uploadToken } from './upload-tokens.ts'
import { compileValidator } from './validation.ts'

export const Upload = Type.Object({
  id: Type.String({ description: 'For `attachments` of a message' }),
  file_name: Type.String(),
  content_type: Type.String(),
  size: Type.Integer(),
  expires_at: Time,
})
export const FileBody = Type.Object({ file: Type.String({ format: 'binary' }) })

/** The body is a stream, which is described and not checked by the schema. */
export const streamedBody: FastifySchemaCompiler<object> = (part) =>
  part.httpPart === 'body' ? () => true : compileValidator(part)

/** Routes registered here may call storeUpload. */
export async function acceptFiles(app: App): Promise<void> {
  await app.register(multipart, { limits: { files: 1, fields: 0, fileSize: 2 ** 40 } })
}

/** Bytes that a visitor may upload at a time: what could come by mail as well. */
export function visitorFileBytes({ mailFilesBytes, outgoingFilesBytes }: Config): number {
  return Math.min(mailFilesBytes, outgoingFilesBytes)
}

/** @throws unsupported_media_type, invalid_request, payload_too_large, file_refused */
export async function storeUpload(
  deps: Deps,
  request: FastifyRequest,
  reply: FastifyReply,
  owner: UploadOwner,
  limitBytes: number,
): Promise<Static<typeof Upload>> {
  const { db, storage } = deps
  if (!request.isMultipart()) throw apiError('unsupported_media_type')
  // Whatever else a form may hold or be: there is no file in it.
  const part = await request.file().catch(() => undefined)
  if (part === undefined) throw invalidField('file', 'missing')
  const { accountId } = owner
  const stored = await storeStream(storage, part.file, {
    accountId,
    limitBytes,
    claim: (key) => claimObjects(db, accountId, [key]),
  }).catch((error) => {
    // What is left of the body is not waited for.
    reply.header('connection', 'close')
    if (error instanceof FileTooLarge) throw apiError('payload_too_large')
    if (error instanceof FileRefused) throw apiError('file_refused', { reason: error.reason })
    // Who broke off hears no answer, and it is no fault of ours to be logged.
    throw request.raw.complete ? error : invalidField('file', 'missing')
  })
  const file = {
    fileName: safeName(part.filename),
    contentType: safeType(part.mimetype),
    size: stored.size,
    storageKey: stored.key,
    detectedType: stored.detectedType,
  }
  const { token, expiresAt } = uploadToken(deps, owner, file)
  return {
    id: token,
    file_name: file.fileName,
    content_type: file.contentType,
    size: file.size,
    expires_at: expiresAt,
  }
}

/** The last part of a path, as some browsers send one; without what would break a header. */
function safeName(name: string | undefined): string {
  const last = (name ?? '').split(/[/\\]/).at(-1) ?? ''
  return (
    last
      .replace(/[\u0000-\u001f\u007f]+/g, ' ')
      .trim()
      .slice(0, 200) || 'file'
  )
}

/** A type that says how a mail is built would not be a file any more. */
function safeType(type: string): string {
  const isFile = /^[a-z]+\/[\w.+-]{1,100}$/i.test(type) && !/^(?:multipart|message)\//i.test(type)
  return isFile ? type.toLowerCase() : 'application/octet-stream'
}
