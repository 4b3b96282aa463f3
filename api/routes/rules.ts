// Automation rules: what they may say, the rules themselves, what they did and what they would do.
import type { FastifyRequest } from 'fastify'
import {
  type AutomationRuleRow,
  findRule,
  insertRule,
  listRules,
  removeRule,
  updateRule,
} from '../../db/automation-rules.ts'
import type { Database } from '../../db/client.ts'
import { findConversationRow } from '../../db/views/conversations.ts'
import { listRuleRunRows } from '../../db/views/operations.ts'
import type { Condition } from '../../domain/automation.ts'
import { checkRule, ruleAttributes, type UncheckedRule } from '../../messaging/check-rule.ts'
import { dryRun } from '../../messaging/dry-run.ts'
import { AUTOMATIONS } from '../../workflows/automations/registry.ts'
import { ACCOUNT_ADMINS, ADMINS, callerOf, PEOPLE, visible } from '../auth.ts'
import type { App, Deps } from '../context.ts'
import { apiError, localeOf } from '../errors.ts'
import { once } from '../idempotency.ts'
import { idCursor, pageOf } from '../pages.ts'
import {
  DryRunSchema,
  presentDryEvent,
  presentRule,
  presentRuleRun,
  presentVocabulary,
  RuleBody,
  RuleRunSchema,
  RuleSchema,
  VocabularySchema,
} from '../resources/automation.ts'
import {
  AccountParams,
  Id,
  ItemParams,
  NoContent,
  PageQuery,
  pageQuery,
  pageSchema,
  replies,
  Type,
} from '../schemas.ts'

export function ruleRoutes(app: App, deps: Deps): void {
  const { db, clock } = deps

  app.get(
    '/rule_vocabulary',
    {
      config: PEOPLE,
      schema: {
        tags: ['rules'],
        summary:
          'What rules may say: events, attributes with their operators, actions with their forms',
        params: AccountParams,
        response: replies(200, VocabularySchema),
      },
    },
    async (request) => {
      const attributes = await ruleAttributes(db, callerOf(request).accountId)
      return presentVocabulary(attributes, AUTOMATIONS, localeOf(request))
    },
  )

  app.get(
    '/rules',
    {
      config: PEOPLE,
      schema: {
        tags: ['rules'],
        summary: 'List rules; they run by position, then id',
        params: AccountParams,
        querystring: PageQuery,
        response: replies(200, pageSchema(RuleSchema)),
      },
    },
    async (request) => {
      const { accountId } = callerOf(request)
      const { cursor, limit } = request.query
      const rows = await listRules(db, accountId, { afterId: idCursor(cursor), limit: limit + 1 })
      return pageOf(rows, limit, (row) => [row.id], presentRule)
    },
  )

  app.post(
    '/rules',
    {
      config: ACCOUNT_ADMINS,
      schema: {
        tags: ['rules'],
        summary: 'Add a rule',
        description: 'What makes no sense is named by its place, such as conditions.all.1.',
        params: AccountParams,
        body: Type.Object(RuleBody),
        response: replies(201, RuleSchema),
      },
    },
    async (request, reply) => {
      const { accountId } = callerOf(request)
      const { active = true, once_per_conversation = false, ...body } = request.body
      await check(db, accountId, body)
      return once(deps, request, reply, 201, async (trx) =>
        presentRule(await insertRule(trx, accountId, { ...body, active, once_per_conversation })),
      )
    },
  )

  app.get(
    '/rules/:id',
    {
      config: PEOPLE,
      schema: {
        tags: ['rules'],
        summary: 'One rule',
        params: ItemParams,
        response: replies(200, RuleSchema),
      },
    },
    async (request) => presentRule(await rule(request, request.params.id)),
  )

  app.patch(
    '/rules/:id',
    {
      config: ACCOUNT_ADMINS,
      schema: {
        tags: ['rules'],
        summary: 'Change a rule; runs that wait go on as they began',
        params: ItemParams,
        body: Type.Partial(Type.Object(RuleBody)),
        response: replies(200, RuleSchema),
      },
    },
    async (request) => {
      const { accountId } = callerOf(request)
      const { id, name, event, conditions, actions, active, once_per_conversation, position } =
        await rule(request, request.params.id)
      const before = { name, event, conditions, actions, active, once_per_conversation, position }
      const wanted = { ...before, ...request.body }
      await check(db, accountId, wanted as UncheckedRule)
      const row = await updateRule(db, accountId, id, wanted)
      if (row === undefined) throw apiError('not_found')
      return presentRule(row)
    },
  )

  app.delete(
    '/rules/:id',
    {
      config: ACCOUNT_ADMINS,
      schema: {
        tags: ['rules'],
        summary: 'Remove a rule; the default ones are switched off instead',
        params: ItemParams,
        response: replies(204, NoContent),
      },
    },
    async (request, reply) => {
      const { accountId } = callerOf(request)
      const row = await rule(request, request.params.id)
      if (row.key !== null) throw apiError('default_rule_protected')
      await removeRule(db, accountId, row.id)
      return reply.code(204).send(null)
    },
  )

  app.post(
    '/rules/dry_run',
    {
      config: ADMINS,
      schema: {
        tags: ['rules'],
        summary: 'What a rule would have done in a past conversation; nothing is done',
        params: AccountParams,
        body: Type.Object({
          conversation_id: Id,
          event: RuleBody.event,
          conditions: RuleBody.conditions,
          actions: RuleBody.actions,
        }),
        response: replies(200, DryRunSchema),
      },
    },
    async (request) => {
      const caller = callerOf(request)
      const { accountId } = caller
      const { conversation_id, event, conditions, actions } = request.body
      const row = await findConversationRow(db, accountId, conversation_id)
      visible(caller, row, (found) => found.inbox_id)
      await check(db, accountId, { event, conditions, actions })
      const where = { accountId, conversationId: conversation_id, now: clock() }
      const events = await dryRun(db, where, { event, conditions: conditions as Condition })
      return { data: (events ?? []).map((one) => presentDryEvent(one, actions)) }
    },
  )

  app.get(
    '/rule_runs',
    {
      config: PEOPLE,
      schema: {
        tags: ['rules'],
        summary: 'What rules did, newest first, with the receipts of their actions',
        params: AccountParams,
        querystring: Type.Object({
          rule_id: Type.Optional(Id),
          inbox_id: Type.Optional(Id),
          conversation_id: Type.Optional(Id),
          ...pageQuery,
        }),
        response: replies(200, pageSchema(RuleRunSchema)),
      },
    },
    async (request) => {
      const { accountId, inboxIds } = callerOf(request)
      const { cursor, limit, rule_id, inbox_id, conversation_id } = request.query
      const rows = await listRuleRunRows(db, accountId, {
        inboxIds,
        ruleId: rule_id,
        inboxId: inbox_id,
        conversationId: conversation_id,
        beforeId: idCursor(cursor),
        limit: limit + 1,
      })
      return pageOf(rows, limit, (row) => [row.id], presentRuleRun)
    },
  )

  async function rule(request: FastifyRequest, id: number): Promise<AutomationRuleRow> {
    const row = await findRule(db, callerOf(request).accountId, id)
    if (row === undefined) throw apiError('not_found')
    return row
  }
}

/** @throws invalid_rule naming each part that makes no sense */
async function check(db: Database, accountId: number, rule: UncheckedRule): Promise<void> {
  const fields = await checkRule(db, accountId, rule, AUTOMATIONS)
  if (fields.length > 0) throw apiError('invalid_rule', { fields })
}
