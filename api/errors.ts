// The one catalogue of API errors and the one handler that answers with them. Texts: locales/.
import createError from '@fastify/error'
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { InvalidSettings } from '../channels/errors.ts'
import { isPostgresAway } from '../db/connections.ts'
import type { ErrorCode } from '../locales/texts.ts'
import { errorText, type Locale, negotiateLocale, reasonText, texts } from '../locales/texts.ts'
import { AlreadyConnected } from '../messaging/create-inbox.ts'

const STATUS = {
  unauthenticated: 401,
  login_refused: 401,
  not_our_page: 403,
  invitation_expired: 410,
  forbidden: 403,
  not_found: 404,
  route_not_found: 404,
  invalid_request: 400,
  invalid_settings: 422,
  invalid_json: 400,
  unsupported_media_type: 415,
  payload_too_large: 413,
  invalid_cursor: 400,
  channel_already_connected: 409,
  email_taken: 409,
  name_taken: 409,
  invalid_rule: 422,
  default_rule_protected: 409,
  conversation_taken: 409,
  claudia_silent: 409,
  inbox_disconnected: 409,
  inbox_cannot_send: 422,
  message_not_sendable: 422,
  channel_feature_unsupported: 422,
  no_import: 409,
  import_running: 409,
  connection_failed: 422,
  draft_expired: 410,
  sign_in_not_configured: 409,
  sign_in_not_completed: 409,
  not_by_sign_in: 409,
  message_not_resendable: 409,
  quarantine_settled: 409,
  assignee_not_a_person: 422,
  assignee_not_a_member: 422,
  last_administrator: 409,
  claudia_protected: 409,
  attachment_not_stored: 409,
  attachment_lost: 410,
  mail_gone: 410,
  mail_refused: 403,
  mailbox_unreachable: 409,
  attachment_refused: 403,
  file_refused: 422,
  link_expired: 403,
  signature_refused: 403,
  upload_not_found: 404,
  attachments_too_large: 422,
  idempotency_key_reused: 422,
  idempotency_key_running: 409,
  session_unknown: 401,
  widget_not_found: 404,
  domain_not_allowed: 403,
  another_visitor: 409,
  history_not_available: 403,
  conversation_resolved: 409,
  conversation_goes_on: 409,
  conversation_elsewhere: 409,
  message_id_taken: 409,
  identity_tokens_full: 409,
  rate_limited: 429,
  console_not_built: 503,
  widget_not_built: 503,
  temporal_unavailable: 503,
  update_refused: 409,
  database_unavailable: 503,
  storage_unavailable: 503,
  internal_error: 500,
} as const satisfies Record<ErrorCode, number>

/** Status of every error code, for the catalogue's test and the documentation. */
export const ERROR_STATUS: Readonly<Record<ErrorCode, number>> = STATUS

/** One field at fault; words in the reader's language are added when it is answered. */
export interface FieldDetail {
  field: string
  /** A reason of `locales/`, or the keyword of the schema that was broken. */
  reason: string
  /** What that keyword asks for, such as a length. */
  limit?: string
}

export interface ApiError extends FastifyError {
  code: ErrorCode
  details?: Record<string, unknown>
  retryAfterSeconds?: number
}

const constructors = new Map(
  Object.entries(STATUS).map(([code, status]) => [
    code as ErrorCode,
    createError(code, code, status),
  ]),
)

/** An error of the catalogue, to be thrown. `details` reach the client as they are. */
export function apiError(
  code: ErrorCode,
  details?: Record<string, unknown>,
  retryAfterSeconds?: number,
): ApiError {
  const error = new (constructors.get(code)!)() as ApiError
  // The library shouts codes; ours are lower case.
  error.code = code
  if (details !== undefined) error.details = details
  if (retryAfterSeconds !== undefined) error.retryAfterSeconds = retryAfterSeconds
  return error
}

/** A request field that passed its schema and still cannot be used. */
export function invalidField(field: string, reason: string): ApiError {
  return apiError('invalid_request', { fields: [{ field, reason }] })
}

/** What went wrong, as an error of the catalogue. Everything unknown is a bug and says nothing. */
export function toApiError(error: FastifyError | Error): ApiError {
  if ('code' in error && constructors.has(error.code as ErrorCode)) return error as ApiError
  if (error instanceof InvalidSettings) {
    return apiError('invalid_settings', { fields: [{ field: error.field, reason: error.reason }] })
  }
  if (error instanceof AlreadyConnected) {
    const own = error.inboxId === null ? undefined : { inbox_id: error.inboxId }
    return apiError('channel_already_connected', own)
  }
  // Temporal is down or silent; `temporal/client.ts` throws this and api never asks why.
  if (error.name === 'TemporalUnavailable') return apiError('temporal_unavailable', undefined, 5)
  const { code = '', statusCode = 500, validation } = error as FastifyError
  if (validation !== undefined)
    return apiError('invalid_request', { fields: fieldsOf(error as FastifyError) })
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') return apiError('unsupported_media_type')
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') return apiError('payload_too_large')
  if (error instanceof SyntaxError || code.startsWith('FST_ERR_CTP_')) {
    return apiError('invalid_json')
  }
  if (statusCode === 429) return apiError('rate_limited')
  if (error.name === 'StorageUnavailable') return apiError('storage_unavailable', undefined, 30)
  if (isPostgresAway(error)) return apiError('database_unavailable', undefined, 5)
  return apiError('internal_error')
}

/** The setErrorHandler: localised body, Retry-After, and a log line for what is our fault. */
export function handleError(error: FastifyError, request: FastifyRequest, reply: FastifyReply) {
  const known = toApiError(error)
  const status = known.statusCode ?? 500
  if (status >= 500 && known.code !== 'temporal_unavailable') {
    request.log.error(
      { error: { name: error.name, code: error.code, stack: error.stack } },
      'failed',
    )
  }
  if (known.retryAfterSeconds !== undefined) reply.header('retry-after', known.retryAfterSeconds)
  reply.code(status).type('application/json')
  return reply.send(errorBody(known, localeOf(request)))
}

/** The JSON of an error in a language. */
export function errorBody(error: ApiError, locale: Locale) {
  const [message, remedy] = errorText(error.code, locale)
  const details = error.details && localised(error.details, locale)
  return {
    statusCode: error.statusCode ?? 500,
    code: error.code,
    message,
    remedy,
    ...(details === undefined ? {} : { details }),
  }
}

/** Accept-Language, else the account's language. */
export function localeOf(request: FastifyRequest): Locale {
  return negotiateLocale(request.headers['accept-language'], request.caller?.locale ?? 'pt-BR')
}

function localised(details: Record<string, unknown>, locale: Locale): Record<string, unknown> {
  if (!Array.isArray(details.fields)) return details
  const fields = details.fields.map(({ field, reason, limit }: FieldDetail) => {
    const known = reason in texts[locale].reasons
    const [message, remedy] = known
      ? reasonText(reason, locale)
      : [texts[locale].phrases.invalid_field, fieldRemedy(reason, limit, locale)]
    return { field, reason, message, remedy }
  })
  return { ...details, fields }
}

/** What the field takes instead, by the keyword of its schema or a form's `not_one_of_...`. */
function fieldRemedy(reason: string, limit: string | undefined, locale: Locale): string {
  const phrases = texts[locale].phrases as Record<string, string>
  const allowed = /^not_one_of_(.*)$/.exec(reason)?.[1]?.split('_').join(', ')
  const phrase = allowed ? phrases.field_enum : phrases[`field_${reason}`]
  return (phrase ?? phrases.field_other!).replace('{limit}', allowed ?? limit ?? '')
}

/** Ajv's complaints with the field's path in dots; never the value. */
function fieldsOf({ validation = [], validationContext }: FastifyError): FieldDetail[] {
  const fields = validation.map(({ instancePath, params, keyword }) => {
    const inner = keyword === 'required' ? params.missingProperty : params.additionalProperty
    const path = [...instancePath.split('/').slice(1), ...(inner ? [String(inner)] : [])]
    const reason = keyword === 'required' ? 'missing' : keyword
    const limit = params.limit ?? params.allowedValues ?? params.type ?? params.format ?? ''
    const field = path.join('.') || (validationContext ?? 'body')
    return { field, reason, limit: [limit].flat().join(', ') }
  })
  return fields.filter(({ reason }, index) => reason !== 'anyOf' || index === 0)
}
