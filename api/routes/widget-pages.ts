// The widget as files: the loader for sites, the page in its iframe, and what that page loads.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fastifyStatic from '@fastify/static'
import { frameAncestors, type WidgetSettings } from '../../channels/widget/index.ts'
import { findWidgetInbox } from '../../db/widget-sessions.ts'
import type { App, Deps } from '../context.ts'
import { apiError } from '../errors.ts'
import { Type } from '../schemas.ts'

const DIST = join(import.meta.dirname, '../../widget/dist')

/** Made by `npm run build` in widget/. */
interface Built {
  loader: string
  script: string
  style: string
}

export async function widgetPageRoutes(app: App, { db }: Deps): Promise<void> {
  const built = readBuilt()
  if (built !== undefined) {
    await app.register(fastifyStatic, {
      root: join(DIST, 'assets'),
      prefix: '/widget/assets/',
      // The console has it already.
      decorateReply: false,
      // Their names change with their content.
      immutable: true,
      maxAge: '365d',
    })
  }

  app.get('/packs/js/sdk.js', { schema: { hide: true } }, async (_, reply) => {
    if (built === undefined) throw apiError('widget_not_built')
    return reply
      .type('text/javascript; charset=utf-8')
      .headers({
        'cache-control': 'public, max-age=300, stale-while-revalidate=86400',
        'cross-origin-resource-policy': 'cross-origin',
        'access-control-allow-origin': '*',
      })
      .send(built.loader)
  })

  app.get(
    '/widget',
    {
      schema: {
        hide: true,
        querystring: Type.Object({ website_token: Type.String({ maxLength: 100, default: '' }) }),
      },
    },
    async (request, reply) => {
      if (built === undefined) throw apiError('widget_not_built')
      const inbox = await findWidgetInbox(db, request.query.website_token)
      const domains = (inbox?.settings as WidgetSettings | undefined)?.domains ?? []
      return reply
        .type('text/html; charset=utf-8')
        .headers({
          'cache-control': 'no-store',
          'content-security-policy': policyOf(frameAncestors(domains)),
          'cross-origin-resource-policy': 'cross-origin',
          'referrer-policy': 'no-referrer',
        })
        .send(pageOf(built))
    },
  )
}

function readBuilt(): Built | undefined {
  const manifest = join(DIST, 'manifest.json')
  const loader = join(DIST, 'sdk.js')
  if (!existsSync(manifest) || !existsSync(loader)) return undefined
  const entries = JSON.parse(readFileSync(manifest, 'utf8'))
  const { file, css } = entries['src/app/main.tsx']
  return { loader: readFileSync(loader, 'utf8'), script: file, style: css[0] }
}

function pageOf({ script, style }: Built): string {
  return `<!doctype html>
<html lang="pt-BR">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1, interactive-widget=resizes-content, viewport-fit=cover">
<title>Chat</title>
<link rel="stylesheet" href="/widget/${style}">
<script type="module" src="/widget/${script}"></script>
</head>
<body><div id="app"></div></body>
</html>
`
}

function policyOf(ancestors: string | undefined): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "connect-src 'self'",
    // Pictures in messages lie anywhere.
    "img-src 'self' https: data:",
    "base-uri 'none'",
    "form-action 'none'",
    ...(ancestors === undefined ? [] : [`frame-ancestors ${ancestors}`]),
  ].join('; ')
}
