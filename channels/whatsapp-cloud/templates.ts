// Texts that Meta has approved for a WhatsApp account, as agents pick them.
// https://developers.facebook.com/docs/whatsapp/business-management-api/message-templates

import type { Template } from '../../domain/template.ts'
import type { MetaAccess } from '../meta/access.ts'
import { calling } from '../meta/errors.ts'
import { list, object, text } from '../meta/webhook.ts'
import { numberContext } from './calls.ts'
import type { WhatsAppConnection } from './settings.ts'

/** A name is there once in each language. */
const keyOf = (name: string, language: string) => `${name}/${language}`

export function templateKeyOf(id: string): { name: string; language: string } {
  const [name = '', language = ''] = id.split('/')
  return { name, language }
}

/** More than any account has. */
const MAX_LISTS = 20

/** @throws ChannelError */
export async function listTemplates(
  access: MetaAccess,
  connection: WhatsAppConnection,
): Promise<Template[]> {
  const context = numberContext(access, connection)
  const found: Template[] = []
  let after = ''
  for (let lists = 0; lists < MAX_LISTS; lists++) {
    const { body } = await calling(context, () =>
      access.graph.call({
        path: `${connection.settings.waba_id}/message_templates`,
        token: context.token,
        query: {
          fields: 'name,language,status,components',
          limit: '100',
          ...(after === '' ? {} : { after }),
        },
      }),
    )
    found.push(...list(body.data).map(templateOf))
    after = text(object(object(body.paging).cursors).after)
    if (after === '' || !object(body.paging).next) break
  }
  return found
}

function templateOf(one: Record<string, unknown>): Template {
  const [name, language] = [text(one.name), text(one.language)]
  const part = list(one.components).find(({ type }) => text(type).toUpperCase() === 'BODY') ?? {}
  const body = text(part.text)
  const places = [...body.matchAll(/\{\{\s*(\w+)\s*\}\}/g)].map(([, place = '']) => place)
  return {
    id: keyOf(name, language),
    name,
    language,
    body,
    variables: Object.fromEntries(places.map((place) => [place, exampleOf(part, place)])),
    approved: text(one.status) === 'APPROVED',
  }
}

/** Meta's examples come by number in a list, by name in another. */
function exampleOf(part: Record<string, unknown>, place: string): string {
  const { body_text, body_text_named_params } = object(part.example)
  const named = list(body_text_named_params).find(({ param_name }) => text(param_name) === place)
  if (named) return text(named.example)
  const [first] = Array.isArray(body_text) ? body_text : []
  return Array.isArray(first) ? text(first[Number(place) - 1]) : ''
}
