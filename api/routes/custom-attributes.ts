// Definitions of what an account notes about contacts and conversations.
import {
  type AttributeDefinitionRow,
  deleteAttributeDefinition,
  findAttributeDefinition,
  insertAttributeDefinition,
  listAttributeDefinitions,
  updateAttributeDefinition,
} from '../../db/custom-attributes.ts'
import { ATTRIBUTE_TARGETS, ATTRIBUTE_TYPES } from '../../domain/custom-attributes.ts'
import { ACCOUNT_ADMINS, callerOf, EVERYBODY } from '../auth.ts'
import type { App, Deps } from '../context.ts'
import { apiError, invalidField } from '../errors.ts'
import { once } from '../idempotency.ts'
import { idCursor, pageOf } from '../pages.ts'
import {
  AccountParams,
  Id,
  ItemParams,
  NoContent,
  OneOf,
  pageQuery,
  pageSchema,
  replies,
  type Static,
  Time,
  Type,
} from '../schemas.ts'

const Target = OneOf(ATTRIBUTE_TARGETS)
const Definition = Type.Object({
  id: Id,
  target: Target,
  key: Type.String(),
  name: Type.String(),
  type: OneOf(ATTRIBUTE_TYPES),
  options: Type.Array(Type.String()),
  created_at: Time,
})
const Name = Type.String({ minLength: 1, maxLength: 200, pattern: '\\S' })
const Options = Type.Array(Type.String({ minLength: 1, maxLength: 200 }), {
  maxItems: 200,
  description: 'Of a list, what may be chosen',
})

export function customAttributeRoutes(app: App, deps: Deps): void {
  const { db } = deps

  app.get(
    '/custom_attribute_definitions',
    {
      config: EVERYBODY,
      schema: {
        tags: ['custom attributes'],
        summary: 'List custom attributes of contacts and conversations',
        params: AccountParams,
        querystring: Type.Object({ target: Type.Optional(Target), ...pageQuery }),
        response: replies(200, pageSchema(Definition)),
      },
    },
    async (request) => {
      const { accountId } = callerOf(request)
      const { cursor, limit, target } = request.query
      const filter = { target, afterId: idCursor(cursor), limit: limit + 1 }
      const rows = await listAttributeDefinitions(db, accountId, filter)
      return pageOf(rows, limit, (row) => [row.id], present)
    },
  )

  app.post(
    '/custom_attribute_definitions',
    {
      config: ACCOUNT_ADMINS,
      schema: {
        tags: ['custom attributes'],
        summary: 'Add a custom attribute',
        description: 'Target, key and type stay for ever; values of other keys are refused.',
        params: AccountParams,
        body: Type.Object({
          target: Target,
          key: Type.String({ maxLength: 100, pattern: '^[a-z0-9_]+$' }),
          name: Name,
          type: OneOf(ATTRIBUTE_TYPES),
          options: Type.Optional(Options),
        }),
        response: replies(201, Definition),
      },
    },
    async (request, reply) => {
      const { accountId } = callerOf(request)
      const { name, options = [], ...fields } = request.body
      if (fields.type === 'list' && options.length === 0) throw invalidField('options', 'missing')
      const definition = { ...fields, name: name.trim(), options: optionsOf(fields.type, options) }
      return once(deps, request, reply, 201, async (trx) => {
        const row = await insertAttributeDefinition(trx, accountId, definition)
        if (row === undefined) throw apiError('name_taken')
        return present(row)
      })
    },
  )

  app.get(
    '/custom_attribute_definitions/:id',
    {
      config: EVERYBODY,
      schema: {
        tags: ['custom attributes'],
        summary: 'One custom attribute',
        params: ItemParams,
        response: replies(200, Definition),
      },
    },
    async (request) => present(await definition(callerOf(request).accountId, request.params.id)),
  )

  app.patch(
    '/custom_attribute_definitions/:id',
    {
      config: ACCOUNT_ADMINS,
      schema: {
        tags: ['custom attributes'],
        summary: 'Change name or options of a custom attribute',
        params: ItemParams,
        body: Type.Object({ name: Type.Optional(Name), options: Type.Optional(Options) }),
        response: replies(200, Definition),
      },
    },
    async (request) => {
      const { accountId } = callerOf(request)
      const before = await definition(accountId, request.params.id)
      const { name = before.name, options = before.options } = request.body
      if (before.type === 'list' && options.length === 0) throw invalidField('options', 'missing')
      const fields = { name: name.trim(), options: optionsOf(before.type, options) }
      await updateAttributeDefinition(db, accountId, before.id, fields)
      return present(await definition(accountId, before.id))
    },
  )

  app.delete(
    '/custom_attribute_definitions/:id',
    {
      config: ACCOUNT_ADMINS,
      schema: {
        tags: ['custom attributes'],
        summary: 'Remove a custom attribute; values that were stored stay unseen',
        params: ItemParams,
        response: replies(204, NoContent),
      },
    },
    async (request, reply) => {
      const { accountId } = callerOf(request)
      if (!(await deleteAttributeDefinition(db, accountId, request.params.id))) {
        throw apiError('not_found')
      }
      return reply.code(204).send(null)
    },
  )

  async function definition(accountId: number, id: number): Promise<AttributeDefinitionRow> {
    const row = await findAttributeDefinition(db, accountId, id)
    if (row === undefined) throw apiError('not_found')
    return row
  }
}

const optionsOf = (type: AttributeDefinitionRow['type'], options: string[]) =>
  type === 'list' ? [...new Set(options)] : []

function present(row: AttributeDefinitionRow): Static<typeof Definition> {
  const { id, target, key, name, type, options, created_at } = row
  return { id, target, key, name, type, options, created_at: created_at.toISOString() }
}
