// Attachments by signed, expiring link. Whatever a mail brought is never run by the browser.
import { findAttachmentRow } from '../../db/views/conversations.ts'
import { isSigned } from '../attachment-links.ts'
import type { App, Deps } from '../context.ts'
import { apiError } from '../errors.ts'
import { ItemParams, Type } from '../schemas.ts'

/** Raster images may be shown in the page; SVG and everything else is a download. */
const SHOWN = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp'])

export function attachmentRoutes(app: App, deps: Deps): void {
  app.get(
    '/attachments/:id',
    {
      schema: {
        tags: ['messages'],
        summary: 'Download an attachment by the signed link of its message',
        security: [],
        params: ItemParams,
        querystring: Type.Object({
          expires: Type.Optional(Type.Integer()),
          signature: Type.Optional(Type.String({ maxLength: 100 })),
        }),
        produces: ['application/octet-stream'],
      },
    },
    async (request, reply) => {
      const { account_id, id } = request.params
      const { expires = 0, signature = '' } = request.query
      if (!isSigned(deps, account_id, id, { expires, signature })) throw apiError('link_expired')
      const row = await findAttachmentRow(deps.db, account_id, id)
      if (row === undefined) throw apiError('not_found')
      if (row.state === 'lost') throw apiError('attachment_lost')
      if (row.state === 'in_mailbox' || row.storage_key === null) {
        throw apiError('attachment_not_stored')
      }
      const type = row.content_type.toLowerCase().split(';')[0]!.trim()
      const shown = SHOWN.has(type)
      const name = encodeURIComponent(row.file_name).replace(
        /['()*]/g,
        (char) => `%${char.charCodeAt(0).toString(16)}`,
      )
      reply.headers({
        'content-type': shown ? type : 'application/octet-stream',
        'content-disposition': `${shown ? 'inline' : 'attachment'}; filename*=UTF-8''${name}`,
        'content-security-policy': "sandbox; default-src 'none'",
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'cache-control': 'private, max-age=3600',
      })
      const size = await deps.storage.size(row.storage_key)
      if (size === undefined) throw apiError('attachment_lost')
      return reply.header('content-length', size).send(deps.storage.open(row.storage_key))
    },
  )
}
