// Contacts: list, look at, note custom attributes.
import type { FastifyRequest } from 'fastify'
import { changeContactAttributes } from '../../db/custom-attributes.ts'
import { findContactRow, listContactRows } from '../../db/views/conversations.ts'
import { callerOf, EVERYBODY } from '../auth.ts'
import type { App, Deps } from '../context.ts'
import { acceptedAttributes, CustomAttributes } from '../custom-attributes.ts'
import { apiError } from '../errors.ts'
import { idCursor, pageOf } from '../pages.ts'
import { ContactSchema, presentContact } from '../resources/conversation.ts'
import { AccountParams, ItemParams, pageQuery, pageSchema, replies, Type } from '../schemas.ts'

export function contactRoutes(app: App, { db }: Deps): void {
  app.get(
    '/contacts',
    {
      config: EVERYBODY,
      schema: {
        tags: ['contacts'],
        summary: 'List contacts',
        params: AccountParams,
        querystring: Type.Object({
          email: Type.Optional(Type.String({ maxLength: 320 })),
          search: Type.Optional(
            Type.String({
              minLength: 1,
              maxLength: 200,
              description: 'Part of the name, e-mail, phone number or identifier',
            }),
          ),
          ...pageQuery,
        }),
        response: replies(200, pageSchema(ContactSchema)),
      },
    },
    async (request) => {
      const { accountId, inboxIds } = callerOf(request)
      const { cursor, limit, email, search } = request.query
      const afterId = idCursor(cursor)
      const filter = { email, search, inboxIds, afterId, limit: limit + 1 }
      const rows = await listContactRows(db, accountId, filter)
      return pageOf(rows, limit, (row) => [row.id], presentContact)
    },
  )

  app.get(
    '/contacts/:id',
    {
      config: EVERYBODY,
      schema: {
        tags: ['contacts'],
        summary: 'One contact',
        params: ItemParams,
        response: replies(200, ContactSchema),
      },
    },
    async (request) => presentContact(await mine(request, request.params.id)),
  )

  app.patch(
    '/contacts/:id',
    {
      config: EVERYBODY,
      schema: {
        tags: ['contacts'],
        summary: 'Change the custom attributes of a contact',
        params: ItemParams,
        body: Type.Object({ custom_attributes: CustomAttributes }),
        response: replies(200, ContactSchema),
      },
    },
    async (request) => {
      const { accountId } = callerOf(request)
      const { id } = await mine(request, request.params.id)
      const accepted = await acceptedAttributes(db, accountId, 'contact', request.body)
      if (accepted) await changeContactAttributes(db, accountId, id, accepted)
      return presentContact(await mine(request, id))
    },
  )

  async function mine(request: FastifyRequest, id: number) {
    const { accountId, inboxIds } = callerOf(request)
    const row = await findContactRow(db, accountId, id, inboxIds)
    if (row === undefined) throw apiError('not_found')
    return row
  }
}
