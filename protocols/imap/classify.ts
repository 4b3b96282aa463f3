// What an IMAP failure means. imapflow marks throttling and outages as failed logins too, so the
// order of the questions matters: contracts collected from Dovecot, Gmail and Exchange Online.
import { type NetworkFault, networkFault } from '../../net/network-fault.ts'

export type ImapFaultKind =
  | NetworkFault
  /** STARTTLS was wanted and the server, or somebody on the way, does not do it. */
  | 'starttls_missing'
  | 'throttled'
  | 'too_many_connections'
  | 'over_quota'
  | 'server_unavailable'
  | 'needs_app_password'
  | 'imap_disabled'
  /** The login is right and its mailbox cannot be had: Exchange says so, sometimes for minutes. */
  | 'mailbox_refused'
  | 'provider_challenge'
  | 'needs_oauth'
  /** The server said in so many words that the credentials are wrong. */
  | 'credentials_refused'
  /** A NO to the login without a reason: proves something only when it repeats. */
  | 'login_refused'
  | 'command_refused'
  | 'unknown'

export interface ImapFault {
  kind: ImapFaultKind
  /** The server's words. */
  evidence: string
  retryAfterMs?: number
}

interface ImapError extends Error {
  code?: string
  serverResponseCode?: string
  responseText?: string
  responseStatus?: string
  response?: unknown
  authenticationFailed?: boolean
  throttleReset?: number
  tlsFailed?: boolean
  reason?: string
}

/** Never throws; what is not recognised is `unknown`. */
export function classifyImap(error: unknown): ImapFault {
  const failure = (error instanceof Error ? error : new Error(String(error))) as ImapError
  const evidence = wordsOf(failure)
  const kind = kindOf(failure, evidence)
  const retryAfterMs = kind === 'over_quota' ? DAY : failure.throttleReset
  return retryAfterMs ? { kind, evidence, retryAfterMs } : { kind, evidence }
}

/** Whether the server refused this very command, so that another one may succeed. */
export function isCommandRefusal(error: unknown): boolean {
  return isRefused(error as ImapError) && !NOT_NOW.has(classifyImap(error).kind)
}

function isRefused({ responseStatus }: ImapError): boolean {
  return responseStatus === 'NO' || responseStatus === 'BAD'
}

/** Refusals that are about the account or the server: what was asked for does not matter. */
const NOT_NOW = new Set<ImapFaultKind>(['throttled', 'over_quota', 'too_many_connections'])

const DAY = 24 * 3_600_000

function kindOf(error: ImapError, text: string): ImapFaultKind {
  const network = networkFault(error)
  // A BYE explains the lost connection better than its code.
  if (network !== undefined && !(network === 'connection_lost' && TOO_MANY.test(text))) {
    return network
  }
  if (error.tlsFailed) {
    // imapflow gives no code to a server without STARTTLS; injected is what came before the handshake.
    const missing = error.code === undefined || error.code === 'STARTTLS_INJECTION'
    return missing ? 'starttls_missing' : 'tls_failed'
  }
  if (error.code === 'ETHROTTLE') return 'throttled'
  const code = (error.serverResponseCode ?? /\[([A-Z-]+)/.exec(text)?.[1] ?? '').toUpperCase()
  if (code === 'OVERQUOTA' && /command or bandwidth/i.test(text)) return 'over_quota'
  if (code === 'LIMIT') return 'too_many_connections'
  if (TRANSIENT_CODES.has(code)) return 'server_unavailable'
  if (TOO_MANY.test(text)) return 'too_many_connections'
  if (/bandwidth/i.test(text)) return 'over_quota'
  if (/authenticated but not connected/i.test(text)) return 'mailbox_refused'
  if (TRANSIENT.test(text)) return 'server_unavailable'
  if (/application-specific password|app password/i.test(text)) return 'needs_app_password'
  if (/not enabled for IMAP|IMAP.{0,40}disabled/i.test(text)) return 'imap_disabled'
  if (/web browser|WEBALERT/i.test(text)) return 'provider_challenge'
  if (/basic authentication is disabled/i.test(text)) return 'needs_oauth'
  if (REFUSED_CODES.has(code)) return 'credentials_refused'
  if (error.authenticationFailed) return 'login_refused'
  if (error.code?.startsWith('ClosedAfterConnect')) return 'server_unavailable'
  return isRefused(error) ? 'command_refused' : 'unknown'
}

const TRANSIENT_CODES = new Set(['UNAVAILABLE', 'INUSE', 'SERVERBUG', 'CONTACTADMIN'])
// RFC 5530.
const REFUSED_CODES = new Set(['AUTHENTICATIONFAILED', 'AUTHORIZATIONFAILED', 'EXPIRED'])
const TOO_MANY = /too many|simultaneous/i
const TRANSIENT = /try again|temporar/i

function wordsOf(error: ImapError): string {
  const words = error.responseText ?? error.reason
  if (words) {
    const code = error.serverResponseCode
    return code && !words.includes(`[${code}`) ? `[${code}] ${words}` : words
  }
  return typeof error.response === 'string' ? error.response : error.message
}
