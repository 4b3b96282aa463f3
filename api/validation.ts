// How requests are checked against their schemas. Bodies are taken as they are, "5" is not 5;
// paths, queries and headers are text, so numbers and booleans are read out of them.

import type { TSchema } from '@fastify/type-provider-typebox'
import { Ajv, type Options } from 'ajv'
import formats from 'ajv-formats'
import type { FastifySchemaCompiler } from 'fastify'

const options: Options = { useDefaults: true, allErrors: false, strict: false }
const strict = withFormats(new Ajv({ ...options, coerceTypes: false }))
const reading = withFormats(new Ajv({ ...options, coerceTypes: true }))

export const compileValidator: FastifySchemaCompiler<TSchema> = ({ schema, httpPart }) =>
  (httpPart === 'body' ? strict : reading).compile(schema)

function withFormats(ajv: Ajv): Ajv {
  // The package's default export is doubled when ESM imports it.
  const add = formats as unknown as { default?: (ajv: Ajv) => unknown } & ((ajv: Ajv) => unknown)
  ;(add.default ?? add)(ajv)
  return ajv
}
