// Agents of the account, and who works in which inbox.
import {
  type AgentRow,
  findAgent,
  insertAgent,
  isEmailTaken,
  listAgents,
  otherAdministrators,
  removeAgent,
  updateAgent,
} from '../../db/agents.ts'
import { type Database, inTransaction } from '../../db/client.ts'
import { findLogin } from '../../db/logins.ts'
import { addMembers, listMembers, removeMember } from '../../db/users.ts'
import { ACCOUNT_ADMINS, ADMINS, callerOf, EVERYBODY } from '../auth.ts'
import type { App, Deps } from '../context.ts'
import { apiError } from '../errors.ts'
import { once } from '../idempotency.ts'
import { invitationLink } from '../invitations.ts'
import { ownInbox } from '../own-inbox.ts'
import { idCursor, pageOf } from '../pages.ts'
import { AgentSchema, AVAILABILITY, presentAgent } from '../resources/agent.ts'
import {
  AccountParams,
  Id,
  ItemParams,
  NoContent,
  OneOf,
  PageQuery,
  pageSchema,
  replies,
  Time,
  Type,
} from '../schemas.ts'

const Name = Type.String({ minLength: 1, maxLength: 200, pattern: '\\S' })
const Email = Type.String({ format: 'email', maxLength: 320 })
const Role = OneOf(['administrator', 'agent'] as const)

export function peopleRoutes(app: App, deps: Deps): void {
  const { db } = deps

  app.get(
    '/agents',
    {
      config: EVERYBODY,
      schema: {
        tags: ['agents'],
        summary: 'List agents, bots among them',
        params: AccountParams,
        querystring: PageQuery,
        response: replies(200, pageSchema(AgentSchema)),
      },
    },
    async (request) => {
      const { cursor, limit } = request.query
      const afterId = idCursor(cursor)
      const { accountId } = callerOf(request)
      const rows = await listAgents(db, accountId, { afterId, limit: limit + 1 })
      return pageOf(rows, limit, (row) => [row.id], presentAgent)
    },
  )

  app.post(
    '/agents',
    {
      config: ACCOUNT_ADMINS,
      schema: {
        tags: ['agents'],
        summary: 'Add an agent',
        params: AccountParams,
        body: Type.Object({ name: Name, email: Email, role: Role }),
        response: replies(201, AgentSchema),
      },
    },
    async (request, reply) => {
      const { accountId } = callerOf(request)
      const { name, email, role } = request.body
      return once(deps, request, reply, 201, async (trx) => {
        const row = await insertAgent(trx, accountId, { name: name.trim(), email, role })
        if (row === undefined) throw apiError('email_taken')
        return presentAgent(row)
      })
    },
  )

  app.get(
    '/agents/:id',
    {
      config: EVERYBODY,
      schema: {
        tags: ['agents'],
        summary: 'One agent',
        params: ItemParams,
        response: replies(200, AgentSchema),
      },
    },
    async (request) =>
      presentAgent(await agent(db, callerOf(request).accountId, request.params.id)),
  )

  app.patch(
    '/agents/:id',
    {
      config: ACCOUNT_ADMINS,
      schema: {
        tags: ['agents'],
        summary: 'Change an agent',
        params: ItemParams,
        body: Type.Object({
          name: Type.Optional(Name),
          email: Type.Optional(Email),
          role: Type.Optional(Role),
          availability: Type.Optional(OneOf(AVAILABILITY)),
        }),
        response: replies(200, AgentSchema),
      },
    },
    async (request) => {
      const { accountId } = callerOf(request)
      const { id } = request.params
      const row = await person(accountId, id)
      const { body } = request
      if (body.role === 'agent') await keepAnAdministrator(row)
      if (body.email !== undefined && (await isEmailTaken(db, accountId, body.email, id))) {
        throw apiError('email_taken')
      }
      const changed = await updateAgent(db, accountId, id, body)
      if (changed === undefined) throw apiError('not_found')
      return presentAgent(changed)
    },
  )

  app.delete(
    '/agents/:id',
    {
      config: ACCOUNT_ADMINS,
      schema: {
        tags: ['agents'],
        summary: 'Remove an agent; keys end, what was written stays',
        params: ItemParams,
        response: replies(204, NoContent),
      },
    },
    async (request, reply) => {
      const { accountId } = callerOf(request)
      const row = await person(accountId, request.params.id)
      await keepAnAdministrator(row)
      await removeAgent(db, accountId, row.id)
      return reply.code(204).send(null)
    },
  )

  app.post(
    '/agents/:id/invitation',
    {
      config: { ...ACCOUNT_ADMINS, secretReply: true },
      schema: {
        tags: ['agents'],
        summary: 'A link by which an agent sets a password, the first or another',
        description: 'Valid for three days and one use. Whoever has it becomes this agent.',
        params: ItemParams,
        response: replies(201, Type.Object({ url: Type.String(), expires_at: Time })),
      },
    },
    async (request, reply) => {
      const { accountId } = callerOf(request)
      const { id } = await person(accountId, request.params.id)
      const user = await findLogin(db, accountId, id)
      if (user === undefined) throw apiError('not_found')
      const { url, expiresAt } = invitationLink(deps, user)
      return reply.code(201).send({ url, expires_at: expiresAt.toISOString() })
    },
  )

  const Members = Type.Object({ data: Type.Array(AgentSchema) })
  const MemberParams = Type.Object({ account_id: Id, id: Id, user_id: Id })
  const members = async (from: Database, accountId: number, id: number) => ({
    data: (await listMembers(from, accountId, id)).map(presentAgent),
  })

  app.get(
    '/inboxes/:id/members',
    {
      config: EVERYBODY,
      schema: {
        tags: ['members'],
        summary: 'Members of an inbox',
        params: ItemParams,
        response: replies(200, Members),
      },
    },
    async (request) => members(db, callerOf(request).accountId, (await ownInbox(db, request)).id),
  )

  app.post(
    '/inboxes/:id/members',
    {
      config: ADMINS,
      schema: {
        tags: ['members'],
        summary: 'Add members',
        params: ItemParams,
        body: Type.Object({ agent_ids: Type.Array(Id, { minItems: 1, maxItems: 500 }) }),
        response: replies(200, Members),
      },
    },
    async (request, reply) => {
      const { accountId } = callerOf(request)
      const { id } = await ownInbox(db, request)
      const wanted = request.body.agent_ids
      return once(deps, request, reply, 200, async (trx) => {
        for (const userId of wanted) await agent(trx, accountId, userId)
        await addMembers(trx, accountId, id, wanted, { byPerson: true })
        return members(trx, accountId, id)
      })
    },
  )

  app.put(
    '/inboxes/:id/members',
    {
      config: ADMINS,
      schema: {
        tags: ['members'],
        summary: 'Make exactly these the members',
        description: 'Who is left out counts as removed by a person.',
        params: ItemParams,
        body: Type.Object({ agent_ids: Type.Array(Id, { maxItems: 500 }) }),
        response: replies(200, Members),
      },
    },
    async (request) => {
      const { accountId } = callerOf(request)
      const { id } = await ownInbox(db, request)
      const wanted = request.body.agent_ids
      return inTransaction(db, async (trx) => {
        for (const userId of wanted) await agent(trx, accountId, userId)
        await addMembers(trx, accountId, id, wanted, { byPerson: true })
        for (const member of await listMembers(trx, accountId, id)) {
          if (!wanted.includes(member.id)) await removeMember(trx, accountId, id, member.id)
        }
        return members(trx, accountId, id)
      })
    },
  )

  app.delete(
    '/inboxes/:id/members/:user_id',
    {
      config: ADMINS,
      schema: {
        tags: ['members'],
        summary: 'Remove a member; nothing joins it again by itself',
        params: MemberParams,
        response: replies(204, NoContent),
      },
    },
    async (request, reply) => {
      const { accountId } = callerOf(request)
      const { id } = await ownInbox(db, request)
      const { user_id } = request.params
      await agent(db, accountId, user_id)
      await removeMember(db, accountId, id, user_id)
      return reply.code(204).send(null)
    },
  )

  async function agent(from: Database, accountId: number, id: number) {
    const row = await findAgent(from, accountId, id)
    if (row === undefined) throw apiError('not_found')
    return row
  }

  async function person(accountId: number, id: number) {
    const row = await agent(db, accountId, id)
    if (row.role === 'bot') throw apiError('claudia_protected')
    return row
  }

  async function keepAnAdministrator(row: AgentRow) {
    if (row.role !== 'administrator') return
    if ((await otherAdministrators(db, row.account_id, row.id)) === 0) {
      throw apiError('last_administrator')
    }
  }
}
