// The import of an inbox's history: progress, start, pause, resume, cancel.
import type { FastifyRequest } from 'fastify'
import { requestImport, withdrawImport } from '../../db/changes-by-people.ts'
import { newestImports } from '../../db/views/inboxes.ts'
import { ADMINS, callerOf, EVERYBODY } from '../auth.ts'
import type { App, Deps } from '../context.ts'
import { apiError, localeOf } from '../errors.ts'
import { inboxUpdate } from '../inbox-update.ts'
import { livingInbox, ownInbox } from '../own-inbox.ts'
import { ImportWindow } from '../resources/email-form.ts'
import { ImportSchema, presentImport } from '../resources/inbox.ts'
import { ItemParams, replies, Type } from '../schemas.ts'

export function importRoutes(app: App, deps: Deps): void {
  const { db, clock } = deps

  app.get(
    '/inboxes/:id/import',
    {
      config: EVERYBODY,
      schema: {
        tags: ['import'],
        summary: 'Progress of the newest import',
        params: ItemParams,
        response: replies(200, ImportSchema),
      },
    },
    async (request) => current(request),
  )

  app.post(
    '/inboxes/:id/import',
    {
      config: ADMINS,
      schema: {
        tags: ['import'],
        summary: 'Import history again, with another window',
        description: 'What is here already is not doubled.',
        params: ItemParams,
        body: Type.Object({ window: ImportWindow }),
        response: replies(201, ImportSchema),
      },
    },
    async (request, reply) => {
      const { accountId, userId } = callerOf(request)
      const { id } = await livingInbox(db, request)
      const row = await requestImport(db, accountId, id, request.body.window, userId)
      if (row === undefined) throw apiError('import_running')
      const input = { importId: row.id, number: row.number }
      const ref = { accountId, inboxId: id }
      try {
        await inboxUpdate(deps, ref, 'startImport', input, localeOf(request))
      } catch (error) {
        await withdrawImport(db, accountId, row.id)
        throw error
      }
      return reply.code(201).send(await current(request))
    },
  )

  const verbs = [
    ['pause', 'pauseImport', 'Pause the import', 'running'],
    ['resume', 'resumeImport', 'Go on importing', 'paused'],
    ['cancel', 'cancelImport', 'Cancel the import; what was stored stays', 'any'],
  ] as const
  for (const [path, update, summary, needs] of verbs) {
    app.post(
      `/inboxes/:id/import/${path}`,
      {
        config: ADMINS,
        schema: {
          tags: ['import'],
          summary,
          params: ItemParams,
          response: replies(200, ImportSchema),
        },
      },
      async (request) => {
        const { accountId, userId: actorUserId } = callerOf(request)
        const { status } = await current(request)
        const unfinished = status === 'running' || status === 'paused'
        if (!unfinished || (needs !== 'any' && status !== needs)) throw apiError('no_import')
        const ref = { accountId, inboxId: request.params.id }
        await inboxUpdate(deps, ref, update, { actorUserId }, localeOf(request))
        return current(request)
      },
    )
  }

  async function current(request: FastifyRequest) {
    const { account_id, id } = await ownInbox(db, request)
    const row = (await newestImports(db, account_id, [id])).get(id)
    if (row === undefined) throw apiError('not_found')
    return presentImport(row, clock())
  }
}
