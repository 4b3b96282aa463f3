// Requests to Twilio checked against Twilio's own OpenAPI documents (MIT, see LICENSE): what they do
// not name is refused, as is a field of the wrong form.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv } from 'ajv'

export interface TwilioRequest {
  method: string
  /** Without host and query. */
  path: string
  query: URLSearchParams
  contentType: string
  body: string
}

interface Schema {
  type?: string
  properties?: Record<string, Schema>
  additionalProperties?: unknown
  $ref?: string
}
interface Operation {
  parameters?: { name: string; in: string; schema: Schema }[]
  requestBody?: { content: Record<string, { schema: Schema }> }
}
interface Document {
  paths: Record<string, Record<string, Operation>>
  components: { schemas: Record<string, Schema> }
}

const ajv = new Ajv({
  strict: false,
  coerceTypes: 'array',
  allErrors: true,
  validateFormats: false,
})
const documents = ['api-v2010.json', 'messaging-v2.json'].map(
  (name) => JSON.parse(readFileSync(join(import.meta.dirname, name), 'utf8')) as Document,
)

/** What is wrong with it, a line each; undefined when no document has such an operation. */
export function problemsOf(request: TwilioRequest): string[] | undefined {
  for (const document of documents) {
    for (const [template, methods] of Object.entries(document.paths)) {
      const operation = methods[request.method.toLowerCase()]
      const pattern = template.replace(/\./g, '\\.').replace(/\{\w+\}/g, '[^/]+?')
      if (operation && new RegExp(`^${pattern}$`).test(request.path)) {
        return [...queryProblems(operation, request), ...bodyProblems(document, operation, request)]
      }
    }
  }
  return undefined
}

function queryProblems({ parameters = [] }: Operation, { query }: TwilioRequest): string[] {
  const properties = Object.fromEntries(
    parameters.filter((one) => one.in === 'query').map(({ name, schema }) => [name, schema]),
  )
  return check({ type: 'object', properties, additionalProperties: false }, valuesOf(query))
}

function bodyProblems(document: Document, operation: Operation, request: TwilioRequest): string[] {
  const content = operation.requestBody?.content
  if (content === undefined) return request.body === '' ? [] : ['a body is not expected']
  const type = request.contentType.split(';')[0]!.trim()
  const schema = content[type]?.schema
  if (schema === undefined) return [`content type ${type} instead of ${Object.keys(content)}`]
  const value = type.includes('json')
    ? JSON.parse(request.body)
    : valuesOf(new URLSearchParams(request.body))
  return check(closed({ ...schema, components: document.components }), value)
}

function check(schema: object, value: unknown): string[] {
  const validate = ajv.compile(schema)
  if (validate(value)) return []
  return (validate.errors ?? []).map(
    ({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`,
  )
}

/** Repeated keys are lists. */
function valuesOf(params: URLSearchParams): Record<string, string | string[]> {
  return Object.fromEntries(
    [...new Set(params.keys())].map((key) => {
      const all = params.getAll(key)
      return [key, all.length === 1 ? all[0]! : all]
    }),
  )
}

/** Every object takes what it names and nothing else. */
function closed(schema: unknown): object {
  const walk = (node: unknown): unknown => {
    if (Array.isArray(node)) return node.map(walk)
    if (node === null || typeof node !== 'object') return node
    // `nullable` beside `$ref` is OpenAPI's and no JSON Schema.
    const entries = Object.entries(node).filter(([key]) => key !== 'nullable' || 'type' in node)
    const copy = Object.fromEntries(entries.map(([key, one]) => [key, walk(one)]))
    return 'properties' in copy && !('additionalProperties' in copy)
      ? { ...copy, additionalProperties: false }
      : copy
  }
  return walk(schema) as object
}
