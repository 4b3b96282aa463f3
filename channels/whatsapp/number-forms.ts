// The two ways in which some WhatsApp numbers are written, whoever delivers them.

import type { ContactPoint } from '../channel.ts'

/**
 * The same mobile number in its other form: Brazil's and Argentina's have a 9 more or less,
 * depending on when the line joined WhatsApp and on who writes it down. Undefined for other numbers.
 */
export function otherForm(number: string): string | undefined {
  const rules: [RegExp, string][] = [
    // Two digits of area, then eight that began with 6-9 before the ninth came.
    [/^(\+55\d{2})9(\d{8})$/, '$1$2'],
    [/^(\+55\d{2})([6-9]\d{7})$/, '$19$2'],
    [/^\+549(\d{10})$/, '+54$1'],
    [/^\+54(?!9)(\d{10})$/, '+549$1'],
  ]
  const rule = rules.find(([pattern]) => pattern.test(number))
  return rule && number.replace(...rule)
}

/** Identities of a number in E.164: first as it is written, then in its other form. */
export function pointsOf(number: string): { kind: string; value: string }[] {
  return [number, otherForm(number)].flatMap((value) => (value ? [{ kind: 'phone', value }] : []))
}

/** One conversation with each contact, however the number is written. No Message-ID holds a space. */
export function threadOf({ kind, value }: Pick<ContactPoint, 'kind' | 'value'>): string {
  const forms = kind === 'phone' ? [value, otherForm(value) ?? value] : [value]
  return `contact ${forms.sort()[0]}`
}
