// Texts that Twilio keeps as Content, and which of them WhatsApp has approved.
// https://www.twilio.com/docs/content/content-api-resources

import type { Template } from '../../domain/template.ts'
import type { TwilioAccess } from './client.ts'
import { calling } from './errors.ts'
import type { TwilioConnection } from './settings.ts'

/** As many as anybody picks from. */
const LIMIT = 500

/** @throws ChannelError */
export async function listTemplates(
  access: TwilioAccess,
  connection: TwilioConnection,
): Promise<Template[]> {
  const { contentAndApprovals } = access.account(connection).content.v1
  const contents = await calling(access, connection, () =>
    contentAndApprovals.list({ limit: LIMIT }),
  )
  return contents.map(({ sid, friendlyName, language, types, variables, approvalRequests }) => ({
    id: sid,
    name: friendlyName,
    language,
    body: bodyOf(types),
    variables: textsOf(variables),
    approved: (approvalRequests as { status?: string } | null)?.status === 'approved',
  }))
}

/** Types are keyed `twilio/text`, `twilio/quick-reply` and the like; those with a text call it body. */
function bodyOf(types: unknown): string {
  const kinds = Object.values((types ?? {}) as Record<string, { body?: unknown } | null>)
  const body = kinds.map((kind) => kind?.body).find((text) => typeof text === 'string')
  return (body as string | undefined) ?? ''
}

function textsOf(variables: unknown): Record<string, string> {
  const entries = Object.entries((variables ?? {}) as Record<string, unknown>)
  return Object.fromEntries(entries.map(([name, example]) => [name, String(example)]))
}
