// The one way to the API: typed by its own document, failing with its own words.
import createClient from 'openapi-fetch'
import type { paths } from '../../.cache/schema.ts'
import { i18n } from '../i18n.ts'

/** What the API answered instead of success, in the reader's language. */
export class ApiFailure extends Error {
  readonly status: number
  readonly code: string
  readonly remedy: string
  readonly details: Record<string, unknown>

  constructor(status: number, body: Partial<FailureBody>) {
    super(body.message ?? String(status))
    this.name = 'ApiFailure'
    this.status = status
    this.code = body.code ?? 'unknown'
    this.remedy = body.remedy ?? ''
    this.details = body.details ?? {}
  }

  /** The field at fault and what is wrong with it, if the API named one. */
  get fields(): { field: string; message: string; remedy: string }[] {
    return Array.isArray(this.details.fields) ? this.details.fields : []
  }
}

interface FailureBody {
  code: string
  message: string
  remedy: string
  details: Record<string, unknown>
}

export const api = createClient<paths>()
api.use({
  onRequest({ request }) {
    request.headers.set('accept-language', i18n.locale)
  },
  async onResponse({ response }) {
    if (!response.ok) throw await failureOf(response)
  },
})

async function failureOf(response: Response): Promise<ApiFailure> {
  const body = await response.json().catch(() => ({}))
  return new ApiFailure(response.status, body)
}

/** The body of a call that succeeded; one that failed has thrown. */
export async function dataOf<T>(call: Promise<{ data?: T }>): Promise<T> {
  return (await call).data as T
}

let accountId = 0

/** Set when somebody logs in: every later address is below this account. */
export function setAccount(id: number): void {
  accountId = id
}

/** Path parameters of the account itself, or of one thing in it. */
export const here = () => ({ path: { account_id: accountId } })
export const at = (id: number) => ({ path: { account_id: accountId, id } })

/** Address of something the browser loads by itself: a frame, an event stream. */
export const addressOf = (path: string) => `/api/v1/accounts/${accountId}${path}`
