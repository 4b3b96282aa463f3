// Values of custom attributes in a body: known keys and right types, or a refusal that names the key.
import type { Database } from '../db/client.ts'
import { listAttributeDefinitions } from '../db/custom-attributes.ts'
import { type AttributeTarget, readAttributes } from '../domain/custom-attributes.ts'
import { apiError } from './errors.ts'
import { JsonObject, Type } from './schemas.ts'

export const CustomAttributes = Type.Optional({
  ...JsonObject,
  maxProperties: 100,
  description: 'By key; what is not named stays, null takes a value away',
})

/** Undefined when the body has none. @throws invalid_request */
export async function acceptedAttributes(
  db: Database,
  accountId: number,
  target: AttributeTarget,
  { custom_attributes: given }: { custom_attributes?: Record<string, unknown> | undefined },
) {
  if (given === undefined) return undefined
  const definitions = await listAttributeDefinitions(db, accountId, { target })
  const { accepted, refused } = readAttributes(definitions, given)
  if (refused.length > 0) {
    const fields = refused.map(({ key, reason }) => ({ field: `custom_attributes.${key}`, reason }))
    throw apiError('invalid_request', { fields })
  }
  return accepted
}
