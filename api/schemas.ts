// Schemas that several resources share. They validate, type and document at once.
import { type Static, type TSchema, Type } from '@fastify/type-provider-typebox'

export const Id = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })
export const Time = Type.String({ format: 'date-time' })
export const Nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()])
export const OneOf = <T extends string>(values: readonly T[], description?: string) =>
  Type.Unsafe<T>({ type: 'string', enum: [...values], ...(description ? { description } : {}) })
export const JsonObject = Type.Record(Type.String(), Type.Unknown())

export const AccountParams = Type.Object({ account_id: Id })
export const ItemParams = Type.Object({ account_id: Id, id: Id })

/** Query of every list. */
export const pageQuery = {
  cursor: Type.Optional(Type.String({ maxLength: 500, description: 'next_cursor of a page' })),
  limit: Type.Integer({ minimum: 1, maximum: 100, default: 25 }),
}
export const PageQuery = Type.Object(pageQuery)
export const pageSchema = <T extends TSchema>(item: T) =>
  Type.Object({ data: Type.Array(item), next_cursor: Nullable(Type.String()) })

/** Every error's body. */
export const ErrorReply = Type.Object(
  {
    statusCode: Type.Integer(),
    code: Type.String(),
    message: Type.String(),
    remedy: Type.Optional(Type.String()),
    details: Type.Optional(JsonObject),
  },
  { $id: 'Error' },
)

/** Response schemas of a route: its success and the shape of its errors. */
export function replies<S extends number, T extends TSchema>(status: S, schema: T) {
  return { [status]: schema, '4xx': Type.Ref('Error'), '5xx': Type.Ref('Error') } as {
    [K in S]: T
  }
}

export const NoContent = Type.Null({ description: 'Done' })

export const AsText = (value: Date | null) => (value === null ? null : value.toISOString())
export type { Static }
export { Type }
