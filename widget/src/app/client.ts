// The visitor's API over fetch. The token goes in a header and nowhere else.

export class Refused extends Error {
  readonly status: number
  readonly code: string
  readonly details: Record<string, unknown>
  constructor(status: number, code: string, details: Record<string, unknown> = {}) {
    super(code)
    this.status = status
    this.code = code
    this.details = details
  }
}

/** The network or the server is away: what was asked may be asked again. */
export class Away extends Error {}

/** The session has ended meanwhile: whoever asked is no longer the visitor. */
export class Ended extends Away {}

export interface Call {
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  body?: unknown
  token?: string | undefined
  locale?: string | undefined
  signal?: AbortSignal
}

export async function ask<T>(path: string, call: Call = {}): Promise<T> {
  const reply = await send(path, call)
  const body = reply.status === 204 ? null : await reply.json().catch(() => null)
  if (reply.ok) return body as T
  if (reply.status >= 500 || reply.status === 429) throw new Away(`${reply.status}`)
  throw new Refused(reply.status, body?.code ?? 'unknown', body?.details)
}

/** @throws Away */
export async function send(path: string, { method, body, token, locale, signal }: Call) {
  const isForm = body instanceof FormData
  try {
    return await fetch(`/api/v1/widget${path}`, {
      method: method ?? (body === undefined ? 'GET' : 'POST'),
      headers: {
        ...(token ? { authorization: `Bearer ${token}` } : {}),
        ...(locale ? { 'accept-language': locale } : {}),
        ...(body === undefined || isForm ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: isForm ? body : JSON.stringify(body) }),
      ...(signal ? { signal } : {}),
      cache: 'no-store',
      credentials: 'omit',
    })
  } catch (error) {
    throw new Away(String(error))
  }
}
