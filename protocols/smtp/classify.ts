// What an SMTP failure means. nodemailer says EAUTH for temporary refusals too, so the reply code is
// read first; its `command` tells at which step it came.
import { type NetworkFault, networkFault } from '../../net/network-fault.ts'

export type SmtpFaultKind =
  | NetworkFault
  /** STARTTLS was wanted and the server, or somebody on the way, does not do it. */
  | 'starttls_missing'
  | 'login_not_offered'
  | 'smtp_auth_disabled'
  | 'needs_oauth'
  | 'needs_app_password'
  | 'credentials_refused'
  | 'too_many_connections'
  | 'sending_limit'
  | 'server_unavailable'
  | 'tls_required'
  | 'sender_refused'
  | 'recipient_refused'
  | 'message_too_large'
  | 'message_refused'
  | 'unknown'

export interface SmtpFault {
  kind: SmtpFaultKind
  /** The server's words. */
  evidence: string
}

interface SmtpError extends Error {
  code?: string
  responseCode?: number
  response?: string
  command?: string
  rejectedErrors?: SmtpError[]
}

/** Never throws; what is not recognised is `unknown`. */
export function classifySmtp(error: unknown): SmtpFault {
  const outer = (error instanceof Error ? error : new Error(String(error))) as SmtpError
  // "All recipients were rejected" hides what each was told.
  const failure = outer.responseCode ? outer : (outer.rejectedErrors?.[0] ?? outer)
  return { kind: kindOf(failure), evidence: failure.response ?? failure.message }
}

function kindOf(error: SmtpError): SmtpFaultKind {
  const { responseCode: code, command = '' } = error
  const text = error.response ?? error.message
  if (code === undefined) return withoutReply(error, command)
  // The reply to STARTTLS; RFC 3207 has 454 for "not at the moment".
  if (error.code === 'ETLS') return code < 500 ? 'tls_failed' : 'starttls_missing'
  // A server that knows no EHLO cannot know STARTTLS.
  if (command === 'EHLO' && UNKNOWN_COMMAND.has(code) && /required STARTTLS/.test(error.message)) {
    return 'starttls_missing'
  }
  if (/SmtpClientAuthentication is disabled/i.test(text)) return 'smtp_auth_disabled'
  if (/basic authentication is (?:disabled|not supported)/i.test(text)) return 'needs_oauth'
  if (/\b5\.4\.5\b/.test(text)) return 'sending_limit'
  if (code < 500) {
    return /too many|concurrent connection/i.test(text)
      ? 'too_many_connections'
      : 'server_unavailable'
  }
  if (/application-specific password|\b5\.7\.9\b/i.test(text)) return 'needs_app_password'
  if (/STARTTLS first|must issue a STARTTLS/i.test(text) || code === 538) return 'tls_required'
  // RFC 5321 4.2.2: a command or mechanism that the server does not know says nothing of passwords.
  if (command.startsWith('AUTH') && UNKNOWN_COMMAND.has(code)) return 'login_not_offered'
  if (command.startsWith('AUTH') || code === 535) return 'credentials_refused'
  if (code === 530) return 'credentials_refused'
  if (code === 552 || /\b5\.3\.4\b/.test(text)) return 'message_too_large'
  if (command.startsWith('MAIL')) return 'sender_refused'
  if (command.startsWith('RCPT')) return 'recipient_refused'
  return command === 'DATA' ? 'message_refused' : 'server_unavailable'
}

const UNKNOWN_COMMAND = new Set([500, 502, 503, 504])

function withoutReply(error: SmtpError, command: string): SmtpFaultKind {
  if (error.code === 'EMESSAGE') return 'message_too_large'
  if (error.code === 'EENVELOPE') return command === 'API' ? 'recipient_refused' : 'message_refused'
  return networkFault(error) ?? 'unknown'
}
