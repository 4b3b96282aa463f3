// What an account notes about contacts and conversations beyond our own columns.

export const ATTRIBUTE_TARGETS = ['contact', 'conversation'] as const
export type AttributeTarget = (typeof ATTRIBUTE_TARGETS)[number]

export const ATTRIBUTE_TYPES = ['text', 'number', 'boolean', 'date', 'link', 'list'] as const
export type AttributeType = (typeof ATTRIBUTE_TYPES)[number]

/** How rules name it: `contact.custom.plan`, `conversation.custom.order`. */
export function customName(target: AttributeTarget, key: string): string {
  return `${target}.custom.${key}`
}

export interface AttributeDefinition {
  key: string
  type: AttributeType
  /** Of a list, what may be chosen. */
  options: readonly string[]
}

export type AttributeValue = string | number | boolean

export interface ReadAttributes {
  /** Ready to be stored; null takes a value away. */
  accepted: Record<string, AttributeValue | null>
  refused: { key: string; reason: 'unknown_attribute' | `not_a_${AttributeType}_value` }[]
}

/** Characters of a text or link. */
const LONGEST = 2000

/**
 * Values by key as somebody gave them, a form's text included: "42" is a number. What is refused is
 * an error to the API and is left out silently by the widget.
 */
export function readAttributes(
  definitions: readonly AttributeDefinition[],
  given: Record<string, unknown>,
): ReadAttributes {
  const read: ReadAttributes = { accepted: {}, refused: [] }
  for (const [key, value] of Object.entries(given)) {
    const definition = definitions.find((one) => one.key === key)
    if (!definition) {
      read.refused.push({ key, reason: 'unknown_attribute' })
      continue
    }
    const accepted = value === null || value === '' ? null : typed(definition, value)
    if (accepted === undefined) {
      read.refused.push({ key, reason: `not_a_${definition.type}_value` })
    } else read.accepted[key] = accepted
  }
  return read
}

function typed({ type, options }: AttributeDefinition, value: unknown): AttributeValue | undefined {
  const text = ['string', 'number', 'boolean'].includes(typeof value) ? String(value).trim() : ''
  if (text === '' || text.length > LONGEST) return undefined
  switch (type) {
    case 'text':
      return text
    case 'number':
      return Number.isFinite(Number(text)) && typeof value !== 'boolean' ? Number(text) : undefined
    case 'boolean':
      return text === 'true' ? true : text === 'false' ? false : undefined
    case 'date':
      return isDate(text) ? text : undefined
    case 'link':
      return /^https?:\/\/\S+$/i.test(text) && URL.canParse(text) ? text : undefined
    case 'list':
      return options.includes(text) ? text : undefined
  }
}

/** 2026-11-25, or the same with a time (ISO 8601). */
function isDate(text: string): boolean {
  const day = /^(\d{4}-\d{2}-\d{2})(T\d{2}:\d{2}.*)?$/.exec(text)?.[1]
  if (day === undefined || Number.isNaN(Date.parse(text))) return false
  // February 30th parses, as a day in March.
  return new Date(`${day}T00:00:00Z`).toISOString().startsWith(day)
}
