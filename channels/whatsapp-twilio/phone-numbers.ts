// WhatsApp addresses as Twilio writes them.

export { otherForm } from '../whatsapp/number-forms.ts'

const PREFIX = 'whatsapp:'

/** `whatsapp:+5511...` → `+5511...`; undefined for an address that shows no number. */
export function numberOf(address: string): string | undefined {
  return /^whatsapp:(\+\d{5,15})$/.exec(address)?.[1]
}

export const whatsappAddress = (number: string) => `${PREFIX}${number}`
