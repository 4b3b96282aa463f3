// What a page or a visitor tells about who is writing: read as the widget promises, without errors
// for what cannot be used.
import type { PreChatField } from '../channels/widget/index.ts'
import type { Database } from '../db/client.ts'
import { listAttributeDefinitions } from '../db/custom-attributes.ts'
import type { VisitorProfile, WidgetSessionRow } from '../db/widget-sessions.ts'
import { readAttributes } from '../domain/custom-attributes.ts'
import { type Static, Type } from './schemas.ts'

const Fact = Type.Unknown({ description: 'A text; what cannot be used is left out silently' })

export const ProfileBody = Type.Object({
  name: Type.Optional(Fact),
  email: Type.Optional(Fact),
  phone_number: Type.Optional(Fact),
  custom_attributes: Type.Optional(Type.Record(Type.String({ maxLength: 100 }), Type.Unknown())),
})

const EMAIL = /^[^\s@<>()[\]\\,;:"]{1,64}@[^\s@]{1,190}\.[^\s@.]{2,}$/
/** ITU-T E.164, with the plus sign that makes it one. */
const PHONE = /^\+[1-9]\d{6,14}$/

/** Only what the account knows; a custom attribute without a value is taken away. */
export async function readProfile(
  db: Database,
  accountId: number,
  told: Static<typeof ProfileBody>,
): Promise<VisitorProfile> {
  const name = textOf(told.name).slice(0, 200)
  const email = textOf(told.email)
  const phone = textOf(told.phone_number).replace(/[\s().-]/g, '')
  const custom = await readCustom(db, accountId, 'contact', told.custom_attributes ?? {})
  return {
    ...(name ? { name } : {}),
    ...(EMAIL.test(email) ? { email } : {}),
    ...(PHONE.test(phone) ? { phone_number: phone } : {}),
    ...(Object.keys(custom).length > 0 ? { custom_attributes: custom } : {}),
  }
}

/** Values of attributes that exist and fit. */
export async function readCustom(
  db: Database,
  accountId: number,
  target: 'contact' | 'conversation',
  given: Record<string, unknown>,
): Promise<Record<string, unknown>> {
  if (Object.keys(given).length === 0) return {}
  const definitions = await listAttributeDefinitions(db, accountId, { target })
  return readAttributes(definitions, given).accepted
}

/** Names of what is known of the contact, as far as this visitor may know that we know it. */
export async function knownFacts(db: Database, session: WidgetSessionRow): Promise<Set<string>> {
  const { account_id, contact_id, verified } = session
  const told = session.profile as VisitorProfile
  const contact =
    verified && contact_id !== null
      ? await db
          .selectFrom('contacts')
          .select(['name', 'email', 'phone_number', 'custom_attributes'])
          .where('account_id', '=', account_id)
          .where('id', '=', contact_id)
          .executeTakeFirst()
      : undefined
  const { custom_attributes, ...facts } = { ...contact, ...told }
  const custom = {
    ...(contact?.custom_attributes as object | undefined),
    ...(custom_attributes as object | undefined),
  }
  return new Set(
    [...Object.entries(facts), ...Object.entries(custom)].flatMap(([key, value]) =>
      value === null || value === undefined || value === '' ? [] : [key],
    ),
  )
}

/** The first required question that has no answer. */
export function unanswered(
  fields: readonly PreChatField[],
  known: ReadonlySet<string>,
  given: { contact: VisitorProfile; conversation: Record<string, unknown> },
): string | undefined {
  const contact = { ...given.contact, ...given.contact.custom_attributes } as Record<
    string,
    unknown
  >
  const missing = fields.find(({ required, target, attribute }) => {
    if (!required) return false
    const value = (target === 'contact' ? contact : given.conversation)[attribute]
    const isKnown = target === 'contact' && known.has(attribute)
    return !isKnown && (value === undefined || value === null || value === '')
  })
  return missing?.attribute
}

function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value).trim() : ''
}
