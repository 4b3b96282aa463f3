// Forms as data: what an action of a rule or an automation asks its author for. The console draws
// them, the API checks them, both from the same list.

export type Field = {
  name: string
  required: boolean
} & FieldKind

type FieldKind =
  | { kind: 'text' | 'labels' | 'boolean' }
  | { kind: 'choice'; options: readonly (string | null)[] }
  /** `minutes`: up to half a year. */
  | { kind: 'minutes' }
  /** An id in the account. */
  | { kind: 'reference'; to: Reference }
  /** One of the automations, with a form of its own. */
  | { kind: 'automation' }

export type Reference = 'agent' | 'team' | 'inbox' | 'webhook'

export interface FormProblem {
  field: string
  reason: string
}

/** Two quarters: whoever waits longer wants a calendar. */
export const LONGEST_WAIT_MINUTES = 184 * 24 * 60
const LONGEST_TEXT = 10_000
const MOST_LABELS = 20

/** What is missing, wrong or unknown. References are only checked to be ids. */
export function checkForm(
  fields: readonly Field[],
  values: Record<string, unknown>,
  path: string,
): FormProblem[] {
  const unknown = Object.keys(values)
    .filter((name) => !fields.some((field) => field.name === name))
    .map((name) => ({ field: `${path}.${name}`, reason: 'unknown_field' }))
  const wrong = fields.flatMap((field): FormProblem[] => {
    const value = values[field.name]
    const at = `${path}.${field.name}`
    if (value === undefined) return field.required ? [{ field: at, reason: 'missing' }] : []
    return fits(field, value) ? [] : [{ field: at, reason: `not_a_${field.kind}` }]
  })
  return [...unknown, ...wrong]
}

/** The references of a form, to be looked up. */
export function referencesIn(
  fields: readonly Field[],
  values: Record<string, unknown>,
  path: string,
): { field: string; to: Reference; id: number }[] {
  return fields.flatMap((field) =>
    field.kind === 'reference' && typeof values[field.name] === 'number'
      ? [{ field: `${path}.${field.name}`, to: field.to, id: values[field.name] as number }]
      : [],
  )
}

function fits(field: Field, value: unknown): boolean {
  switch (field.kind) {
    case 'text':
      return typeof value === 'string' && value.trim() !== '' && value.length <= LONGEST_TEXT
    case 'boolean':
      return typeof value === 'boolean'
    case 'labels':
      return (
        Array.isArray(value) &&
        value.length > 0 &&
        value.length <= MOST_LABELS &&
        value.every(isLabel)
      )
    case 'choice':
      return field.options.includes(value as string | null)
    case 'minutes':
      return isWhole(value) && value <= LONGEST_WAIT_MINUTES
    case 'reference':
      return isWhole(value)
    case 'automation':
      return typeof value === 'string'
  }
}

const isLabel = (value: unknown) =>
  typeof value === 'string' && value.trim() !== '' && value.length <= 100
const isWhole = (value: unknown): value is number =>
  Number.isSafeInteger(value) && (value as number) > 0
