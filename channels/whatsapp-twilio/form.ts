// The form that Twilio's webhooks carry, decoded as its signature needs it: no key dropped, trimmed
// or nested, and repeated keys kept.

export type TwilioParams = Record<string, string | string[]>

/** Of requests under way: what was proved is what is read. */
const decoded = new WeakMap<Buffer, TwilioParams>()

export function decodeForm(body: Buffer): TwilioParams {
  const known = decoded.get(body)
  if (known) return known
  const values = new Map<string, string[]>()
  for (const [key, value] of new URLSearchParams(body.toString('utf8'))) {
    values.set(key, [...(values.get(key) ?? []), value])
  }
  // fromEntries defines own properties, so that `__proto__` is a key like any other.
  const params: TwilioParams = Object.fromEntries(
    [...values].map(([key, list]) => [key, list.length === 1 ? list[0]! : list]),
  )
  decoded.set(body, params)
  return params
}

/** One value as text that Postgres takes: well-formed, without NUL. The last of a repeated key. */
export function textOf(params: TwilioParams, key: string): string {
  const value = Object.hasOwn(params, key) ? params[key]! : ''
  const text = Array.isArray(value) ? value.at(-1)! : value
  return text.replaceAll('\0', '').toWellFormed()
}
