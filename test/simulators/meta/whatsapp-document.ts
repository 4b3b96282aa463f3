// What Meta's own OpenAPI document says of a message that is sent, where its schemas allow anything to
// be said: forms (Flows) are not described there.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv } from 'ajv'

const SCHEMAS: Record<string, string> = {
  text: 'TextMessage',
  image: 'ImageMessage',
  audio: 'AudioMessage',
  video: 'VideoMessage',
  document: 'DocumentMessage',
  interactive: 'InteractiveMessage',
  template: 'TemplateMessage',
}

// Each part of its allOf forbids what the other part requires, so that is left out.
const document = JSON.parse(
  readFileSync(join(import.meta.dirname, 'whatsapp-schemas.json'), 'utf8'),
  (key, value) => (key === 'additionalProperties' || key === 'discriminator' ? undefined : value),
)
const ajv = new Ajv({ strict: false, formats: { url: /^https?:/ } })
ajv.addSchema({ $id: 'meta', ...document })

/** Empty: the document allows it, or says nothing of it. */
export function problemsOf(payload: Record<string, unknown>): object[] {
  const { type, interactive } = payload as { type: string; interactive?: { type: string } }
  if (interactive?.type === 'flow') return []
  const schema = SCHEMAS[type]
  if (schema === undefined) return [{ message: `no schema for ${type}` }]
  const valid = ajv.compile({ $ref: `meta#/components/schemas/${schema}` })
  return valid(payload) ? [] : (valid.errors ?? [])
}
