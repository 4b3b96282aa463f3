// Attachments by signed, expiring link. Whatever a mail brought is never run by the browser.
import { findAttachmentRow } from '../../db/views/conversations.ts'
import type { App, Deps } from '../context.ts'
import { apiError } from '../errors.ts'
import { ItemParams } from '../schemas.ts'
import { sendFile } from '../send-file.ts'
import { isSigned, limitedByLink, SignedQuery } from '../signed-links.ts'

export function attachmentRoutes(app: App, deps: Deps): void {
  app.get(
    '/attachments/:id',
    {
      config: limitedByLink,
      schema: {
        tags: ['messages'],
        summary: 'Download an attachment by the signed link of its message',
        security: [],
        params: ItemParams,
        querystring: SignedQuery,
        produces: ['application/octet-stream'],
      },
    },
    async (request, reply) => {
      const { account_id, id } = request.params
      if (!isSigned(deps, account_id, `attachments/${id}`, request.query)) {
        throw apiError('link_expired')
      }
      const row = await findAttachmentRow(deps.db, account_id, id)
      if (row === undefined) throw apiError('not_found')
      if (row.state === 'lost') throw apiError('attachment_lost')
      if (row.state === 'refused') throw apiError('attachment_refused', { reason: row.reason })
      if (row.state === 'in_mailbox' || row.storage_key === null) {
        throw apiError('attachment_not_stored')
      }
      const { storage_key: key, file_name: fileName, detected_type: shownAs } = row
      return sendFile(deps.storage, request, reply, { key, fileName, shownAs })
    },
  )
}
