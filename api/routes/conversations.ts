// Conversations: list, look at, change status, assignee and labels.

import type { FastifyRequest } from 'fastify'
import { changeConversation } from '../../db/changes-by-people.ts'
import { inTransaction } from '../../db/client.ts'
import { findTeam } from '../../db/teams.ts'
import { findUser, listMembers } from '../../db/users.ts'
import { findConversationRow, listConversationRows } from '../../db/views/conversations.ts'
import { listRuleRunRows } from '../../db/views/operations.ts'
import { ringTyping } from '../../db/visitor-events.ts'
import { isTakenByPerson } from '../../messaging/refusal-to-bot.ts'
import { callerOf, EVERYBODY, PEOPLE, visible } from '../auth.ts'
import type { App, Deps } from '../context.ts'
import { acceptedAttributes, CustomAttributes } from '../custom-attributes.ts'
import { apiError, invalidField } from '../errors.ts'
import { idCursor, pageOf, timeCursor } from '../pages.ts'
import { presentRuleRun, RuleRunSchema } from '../resources/automation.ts'
import {
  ConversationSchema,
  ListedConversationSchema,
  PRIORITIES,
  presentConversation,
  presentListed,
  STATUSES,
} from '../resources/conversation.ts'
import {
  AccountParams,
  Id,
  ItemParams,
  NoContent,
  Nullable,
  OneOf,
  PageQuery,
  pageQuery,
  pageSchema,
  replies,
  Type,
} from '../schemas.ts'

export function conversationRoutes(app: App, deps: Deps): void {
  const { db } = deps

  app.get(
    '/conversations',
    {
      config: EVERYBODY,
      schema: {
        tags: ['conversations'],
        summary: 'List conversations, the latest message first',
        params: AccountParams,
        querystring: Type.Object({
          inbox_id: Type.Optional(Id),
          contact_id: Type.Optional(Id),
          assignee_id: Type.Optional(Id),
          team_id: Type.Optional(Id),
          status: Type.Optional(OneOf(STATUSES)),
          search: Type.Optional(
            Type.String({
              minLength: 1,
              maxLength: 200,
              description: 'Words that one message has, with its contact; or a number',
            }),
          ),
          ...pageQuery,
        }),
        response: replies(200, pageSchema(ListedConversationSchema)),
      },
    },
    async (request) => {
      const { accountId, inboxIds } = callerOf(request)
      const { cursor, limit, inbox_id, contact_id, assignee_id, team_id, status, search } =
        request.query
      const rows = await listConversationRows(db, accountId, {
        inboxIds,
        inboxId: inbox_id,
        contactId: contact_id,
        assigneeId: assignee_id,
        teamId: team_id,
        status,
        search,
        before: timeCursor(cursor),
        limit: limit + 1,
      })
      return pageOf(rows, limit, (row) => [row.place, row.id], presentListed)
    },
  )

  app.get(
    '/conversations/:id',
    {
      config: EVERYBODY,
      schema: {
        tags: ['conversations'],
        summary: 'One conversation',
        params: ItemParams,
        response: replies(200, ConversationSchema),
      },
    },
    async (request) => presentConversation(await mine(request, request.params.id)),
  )

  app.patch(
    '/conversations/:id',
    {
      config: EVERYBODY,
      schema: {
        tags: ['conversations'],
        summary: 'Change status, assignee, team, labels, priority or custom attributes',
        description:
          'A conversation is assigned to people here; rules assign ClaudIA. A bot hands over, or ' +
          'resolves, what no person has.',
        params: ItemParams,
        body: Type.Object({
          status: Type.Optional(OneOf(STATUSES)),
          snoozed_until: Type.Optional(
            Nullable(Type.String({ format: 'date-time', minLength: 1 })),
          ),
          assignee_id: Type.Optional(Nullable(Id)),
          team_id: Type.Optional(Nullable(Id)),
          priority: Type.Optional(Nullable(OneOf(PRIORITIES))),
          labels: Type.Optional(
            Type.Array(Type.String({ minLength: 1, maxLength: 100 }), { maxItems: 100 }),
          ),
          custom_attributes: CustomAttributes,
        }),
        response: replies(200, ConversationSchema),
      },
    },
    async (request) => {
      const caller = callerOf(request)
      const { accountId } = caller
      const { id } = request.params
      const row = await mine(request, id)
      const { status, assignee_id, team_id, priority, labels } = request.body
      const snoozed_until = wakeTime(request.body.snoozed_until)
      if (typeof assignee_id === 'number') await checkAssignee(accountId, row.inbox_id, assignee_id)
      if (typeof team_id === 'number') await checkTeam(accountId, team_id)
      const custom_attributes = await acceptedAttributes(
        db,
        accountId,
        'conversation',
        request.body,
      )
      await inTransaction(db, async (trx) => {
        const moves = [status, assignee_id, team_id].some((value) => value !== undefined)
        if (caller.role === 'bot' && moves) {
          const taken = await isTakenByPerson(trx, { accountId, conversationId: id })
          if (taken) throw apiError('conversation_taken')
        }
        await changeConversation(trx, accountId, id, {
          status,
          snoozed_until,
          assignee_id,
          team_id,
          priority,
          labels: labels && [...new Set(labels)],
          custom_attributes,
        })
      })
      return presentConversation(await mine(request, id))
    },
  )

  app.post(
    '/conversations/:id/typing',
    {
      config: PEOPLE,
      schema: {
        tags: ['conversations'],
        summary: 'Somebody is answering: a visitor of the widget is told, nothing is kept',
        params: ItemParams,
        response: replies(204, NoContent),
      },
    },
    async (request, reply) => {
      const row = await mine(request, request.params.id)
      await ringTyping(db, row.contact_id, row.id)
      return reply.code(204).send(null)
    },
  )

  app.get(
    '/conversations/:id/rule_runs',
    {
      config: PEOPLE,
      schema: {
        tags: ['conversations'],
        summary: 'Which rules ran, why, and what each action did',
        params: ItemParams,
        querystring: PageQuery,
        response: replies(200, pageSchema(RuleRunSchema)),
      },
    },
    async (request) => {
      const { accountId } = callerOf(request)
      const { id } = await mine(request, request.params.id)
      const { cursor, limit } = request.query
      const filter = { inboxIds: null, conversationId: id, beforeId: idCursor(cursor) }
      const rows = await listRuleRunRows(db, accountId, { ...filter, limit: limit + 1 })
      return pageOf(rows, limit, (row) => [row.id], presentRuleRun)
    },
  )

  async function mine(request: FastifyRequest, id: number) {
    const caller = callerOf(request)
    const row = await findConversationRow(db, caller.accountId, id)
    return visible(caller, row, (found) => found.inbox_id)
  }

  async function checkTeam(accountId: number, teamId: number) {
    if ((await findTeam(db, accountId, teamId)) === undefined) throw apiError('not_found')
  }

  async function checkAssignee(accountId: number, inboxId: number, userId: number) {
    const user = await findUser(db, accountId, userId)
    if (user === undefined) throw apiError('not_found')
    if (user.role === 'bot') throw apiError('assignee_not_a_person')
    const members = await listMembers(db, accountId, inboxId)
    const mayTakeIt = user.role === 'administrator' || members.some(({ id }) => id === userId)
    if (!mayTakeIt) throw apiError('assignee_not_a_member')
  }
}

/** When a snoozed conversation is to wake, which is still to come. */
function wakeTime(given: string | null | undefined): Date | null | undefined {
  if (typeof given !== 'string') return given
  const time = new Date(given)
  if (time.getTime() <= Date.now()) throw invalidField('snoozed_until', 'in_the_past')
  return time
}
