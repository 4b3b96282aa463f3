// WhatsApp addresses as Twilio writes them, and the two ways in which some numbers are written.

const PREFIX = 'whatsapp:'

/** `whatsapp:+5511...` → `+5511...`; undefined for an address that shows no number. */
export function numberOf(address: string): string | undefined {
  return /^whatsapp:(\+\d{5,15})$/.exec(address)?.[1]
}

export const whatsappAddress = (number: string) => `${PREFIX}${number}`

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
