// A stored file as a reply. Whatever a stranger sent is never run by the browser.
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { ByteRange, Storage } from '../storage/storage.ts'
import { apiError } from './errors.ts'

export interface SentFile {
  key: string
  fileName: string
  /** Media type of what may be shown in a page, by its bytes; null: only to be downloaded. */
  shownAs: string | null
}

/** Whole, or the one range that was asked for (RFC 9110 14): players seek in audio and video. */
export async function sendFile(
  storage: Storage,
  request: FastifyRequest,
  reply: FastifyReply,
  { key, fileName, shownAs }: SentFile,
) {
  const size = await storage.size(key)
  if (size === undefined) throw apiError('attachment_lost')
  const name = encodeURIComponent(fileName).replace(
    /['()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16)}`,
  )
  reply.headers({
    'content-type': shownAs ?? 'application/octet-stream',
    'content-disposition': `${shownAs ? 'inline' : 'attachment'}; filename*=UTF-8''${name}`,
    'content-security-policy': "sandbox; default-src 'none'",
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cache-control': 'private, max-age=3600',
    'accept-ranges': 'bytes',
  })
  const range = rangeOf(request.headers.range, size)
  if (range === 'unsatisfiable') {
    return reply.code(416).header('content-range', `bytes */${size}`).send('')
  }
  if (range === undefined) {
    return reply.header('content-length', size).send(storage.open(key))
  }
  const { start, end } = range
  return reply
    .code(206)
    .headers({
      'content-range': `bytes ${start}-${end}/${size}`,
      'content-length': end - start + 1,
    })
    .send(storage.open(key, range))
}

/** Several ranges, or none that can be read: undefined, which is answered with the whole file. */
function rangeOf(
  header: string | undefined,
  size: number,
): ByteRange | 'unsatisfiable' | undefined {
  const [, first, last] = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? '') ?? []
  if (first === undefined || last === undefined || (first === '' && last === '')) return undefined
  const start = first === '' ? Math.max(size - Number(last), 0) : Number(first)
  const end = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1)
  if (last !== '' && first !== '' && Number(last) < start) return undefined
  return start > end ? 'unsatisfiable' : { start, end }
}
