// The HTML of a mail as a page of its own, for a frame: its style and pictures are held by a policy
// that the page around it does not have to share.
import { attachmentRowsOf, findMessageRow } from '../../db/views/conversations.ts'
import { callerOf, PEOPLE, visible } from '../auth.ts'
import type { App, Deps } from '../context.ts'
import { presentHtml } from '../resources/conversation.ts'
import { ItemParams, Type } from '../schemas.ts'
import { signedUrl } from '../signed-links.ts'

/** Nothing in it runs. The page around it may measure it, and links open outside of the frame. */
const SANDBOX = 'sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox'

export function messagePageRoutes(app: App, deps: Deps): void {
  app.get(
    '/messages/:id/page',
    {
      config: PEOPLE,
      schema: {
        tags: ['messages'],
        summary: 'The HTML of a message as a page for a frame',
        params: ItemParams,
        querystring: Type.Object({ remote_images: Type.Boolean({ default: false }) }),
        produces: ['text/html'],
      },
    },
    async (request, reply) => {
      const caller = callerOf(request)
      const { accountId } = caller
      const { id } = request.params
      const { remote_images } = request.query
      const found = await findMessageRow(deps.db, accountId, id)
      const row = visible(caller, found, (message) => message.inbox_id)
      const files = (await attachmentRowsOf(deps.db, accountId, [id])).get(id) ?? []
      const { html, blocked_images } = presentHtml(row, files, remote_images, (item) =>
        signedUrl(deps, accountId, `attachments/${item.id}`),
      )
      const pictures = remote_images ? "'self' https: http:" : "'self'"
      return reply
        .type('text/html; charset=utf-8')
        .header(
          'content-security-policy',
          `default-src 'none'; style-src 'unsafe-inline'; img-src ${pictures}; base-uri 'none'; ` +
            `form-action 'none'; frame-ancestors 'self'; ${SANDBOX}`,
        )
        .header('referrer-policy', 'no-referrer')
        .send(pageOf(html ?? '', blocked_images))
    },
  )
}

/** White, whatever the theme: mails are written for white paper. */
function pageOf(html: string, blockedImages: number): string {
  return `<!doctype html><html><head><meta charset="utf-8"><base target="_blank"><style>
body{margin:0;padding:12px;background:#fff;color:#1a1b1e;font:14px/1.5 system-ui,sans-serif;overflow-wrap:anywhere}
img{max-width:100%;height:auto}
</style></head><body data-blocked-images="${blockedImages}">${html}</body></html>`
}
