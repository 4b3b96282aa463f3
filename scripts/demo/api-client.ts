// The API as the demo calls it: fetch, a key, and an error that says what the API said.

export interface ApiClient {
  get<T>(path: string): Promise<T>
  post<T>(path: string, body?: unknown, headers?: Record<string, string>): Promise<T>
  put<T>(path: string, body: unknown): Promise<T>
  patch<T>(path: string, body: unknown): Promise<T>
}

/** `base` is the address of an account: `.../api/v1/accounts/1`. */
export function apiClient(base: string, key: string): ApiClient {
  async function call<T>(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<T> {
    const response = await fetch(`${base}${path}`, {
      method,
      headers: {
        api_access_token: key,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text}`)
    return (text === '' ? undefined : JSON.parse(text)) as T
  }
  return {
    get: (path) => call('GET', path),
    post: (path, body, headers) => call('POST', path, body, headers),
    put: (path, body) => call('PUT', path, body),
    patch: (path, body) => call('PATCH', path, body),
  }
}

// Only what the demo reads of each.
export interface Inbox {
  id: number
  state: string
  claudia: { mode: string }
  import: null | {
    status: string
    done: number
    total: number | null
    quarantined: number
    rate_per_second: number | null
    eta_seconds: number | null
  }
  health: Record<
    'receive' | 'send',
    { status: string; message: string | null; evidence: string | null }
  >
  temporal_url: string
}
export interface Conversation {
  id: number
  display_id: number
  subject: string
  status: string
  assignee_id: number | null
}
export interface Message {
  id: number
  direction: 'incoming' | 'outgoing'
  content: string
  status: string
  source_id: string | null
  user_id: number | null
}
export interface Agent {
  id: number
  name: string
  is_claudia: boolean
}
export interface Page<T> {
  data: T[]
  next_cursor: string | null
}
