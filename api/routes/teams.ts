// Teams: who works together, whatever the inbox.
import { findAgent } from '../../db/agents.ts'
import { inTransaction } from '../../db/client.ts'
import {
  findTeam,
  insertTeam,
  isTeamNameTaken,
  listTeamMembers,
  listTeams,
  removeTeam,
  renameTeam,
  setTeamMembers,
  type TeamRow,
} from '../../db/teams.ts'
import { ACCOUNT_ADMINS, callerOf, EVERYBODY } from '../auth.ts'
import type { App, Deps } from '../context.ts'
import { apiError } from '../errors.ts'
import { once } from '../idempotency.ts'
import { idCursor, pageOf } from '../pages.ts'
import { AgentSchema, presentAgent } from '../resources/agent.ts'
import {
  AccountParams,
  Id,
  ItemParams,
  NoContent,
  PageQuery,
  pageSchema,
  replies,
  type Static,
  Time,
  Type,
} from '../schemas.ts'

const Team = Type.Object({ id: Id, name: Type.String(), created_at: Time })
const Name = Type.String({ minLength: 1, maxLength: 200, pattern: '\\S' })
const Members = Type.Object({ data: Type.Array(AgentSchema) })

export function teamRoutes(app: App, deps: Deps): void {
  const { db } = deps

  app.get(
    '/teams',
    {
      config: EVERYBODY,
      schema: {
        tags: ['teams'],
        summary: 'List teams',
        params: AccountParams,
        querystring: PageQuery,
        response: replies(200, pageSchema(Team)),
      },
    },
    async (request) => {
      const { accountId } = callerOf(request)
      const { cursor, limit } = request.query
      const rows = await listTeams(db, accountId, { afterId: idCursor(cursor), limit: limit + 1 })
      return pageOf(rows, limit, (row) => [row.id], present)
    },
  )

  app.post(
    '/teams',
    {
      config: ACCOUNT_ADMINS,
      schema: {
        tags: ['teams'],
        summary: 'Add a team',
        params: AccountParams,
        body: Type.Object({ name: Name }),
        response: replies(201, Team),
      },
    },
    async (request, reply) => {
      const { accountId } = callerOf(request)
      return once(deps, request, reply, 201, async (trx) => {
        const row = await insertTeam(trx, accountId, request.body.name.trim())
        if (row === undefined) throw apiError('name_taken')
        return present(row)
      })
    },
  )

  app.get(
    '/teams/:id',
    {
      config: EVERYBODY,
      schema: {
        tags: ['teams'],
        summary: 'One team',
        params: ItemParams,
        response: replies(200, Team),
      },
    },
    async (request) => present(await team(callerOf(request).accountId, request.params.id)),
  )

  app.patch(
    '/teams/:id',
    {
      config: ACCOUNT_ADMINS,
      schema: {
        tags: ['teams'],
        summary: 'Rename a team',
        params: ItemParams,
        body: Type.Object({ name: Type.Optional(Name) }),
        response: replies(200, Team),
      },
    },
    async (request) => {
      const { accountId } = callerOf(request)
      const { id } = await team(accountId, request.params.id)
      const name = request.body.name?.trim()
      if (name !== undefined) {
        if (await isTeamNameTaken(db, accountId, name, id)) throw apiError('name_taken')
        await renameTeam(db, accountId, id, name)
      }
      return present(await team(accountId, id))
    },
  )

  app.delete(
    '/teams/:id',
    {
      config: ACCOUNT_ADMINS,
      schema: {
        tags: ['teams'],
        summary: 'Remove a team; its conversations stay, as nobody’s team',
        params: ItemParams,
        response: replies(204, NoContent),
      },
    },
    async (request, reply) => {
      const { accountId } = callerOf(request)
      await removeTeam(db, accountId, (await team(accountId, request.params.id)).id)
      return reply.code(204).send(null)
    },
  )

  app.get(
    '/teams/:id/members',
    {
      config: EVERYBODY,
      schema: {
        tags: ['teams'],
        summary: 'Members of a team',
        params: ItemParams,
        response: replies(200, Members),
      },
    },
    async (request) => {
      const { accountId } = callerOf(request)
      const { id } = await team(accountId, request.params.id)
      return { data: (await listTeamMembers(db, accountId, id)).map(presentAgent) }
    },
  )

  app.put(
    '/teams/:id/members',
    {
      config: ACCOUNT_ADMINS,
      schema: {
        tags: ['teams'],
        summary: 'Make exactly these the members',
        params: ItemParams,
        body: Type.Object({ agent_ids: Type.Array(Id, { maxItems: 500 }) }),
        response: replies(200, Members),
      },
    },
    async (request) => {
      const { accountId } = callerOf(request)
      const { id } = await team(accountId, request.params.id)
      return inTransaction(db, async (trx) => {
        for (const userId of request.body.agent_ids) {
          if (!(await findAgent(trx, accountId, userId))) throw apiError('not_found')
        }
        await setTeamMembers(trx, accountId, id, request.body.agent_ids)
        return { data: (await listTeamMembers(trx, accountId, id)).map(presentAgent) }
      })
    },
  )

  async function team(accountId: number, id: number): Promise<TeamRow> {
    const row = await findTeam(db, accountId, id)
    if (row === undefined) throw apiError('not_found')
    return row
  }
}

function present({ id, name, created_at }: TeamRow): Static<typeof Team> {
  return { id, name, created_at: created_at.toISOString() }
}
