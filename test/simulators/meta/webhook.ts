// Meta's side of a webhook: the body as it goes over the wire, and its signature over those bytes.
import { createHmac } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Meta escapes what is not ASCII, and slashes. */
export function wireBody(payload: unknown): Buffer {
  const text = JSON.stringify(payload)
    .replaceAll('/', '\\/')
    .replace(/[\u0080-\uffff]/g, (char) => {
      return `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`
    })
  return Buffer.from(text)
}

export function signatureOf(secret: string, body: Buffer): string {
  return `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`
}

/** `signed_request` of the deauthorize and data-deletion callbacks. */
export function signedRequest(secret: string, payload: object): string {
  const encoded = Buffer.from(JSON.stringify(payload)).toString('base64url')
  const signature = createHmac('sha256', secret).update(encoded).digest('base64url')
  return `${signature}.${encoded}`
}

type Sample = 'messaging' | 'graph-errors' | 'coexistence' | 'whatsapp-examples'

// biome-ignore lint/suspicious/noExplicitAny: payloads are changed by tests as they need them
export function samples(name: Sample): any {
  return JSON.parse(readFileSync(join(import.meta.dirname, `${name}.json`), 'utf8'))
}
