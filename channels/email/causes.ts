// What probably lies behind a failure: said as possibilities, never asserted.
import { presetOf } from './presets.ts'

const CAUSES: Record<string, readonly string[]> = {
  wrong_password: ['wrong_password', 'needs_app_password', 'imap_disabled', 'address_is_a_group'],
  login_refused: ['wrong_password', 'needs_app_password', 'imap_disabled', 'address_is_a_group'],
  needs_app_password: ['needs_app_password'],
  imap_disabled: ['imap_disabled'],
  provider_challenge: ['provider_wants_a_browser_login'],
  needs_oauth: ['needs_oauth'],
  smtp_auth_disabled: ['smtp_auth_disabled_by_admin'],
  host_not_found: ['host_misspelled'],
  host_not_allowed: ['private_host', 'unusual_port'],
  connection_refused: ['wrong_port', 'server_down', 'firewall'],
  timeout: ['wrong_port', 'wrong_encryption', 'firewall'],
  connection_lost: ['wrong_encryption', 'server_down'],
  tls_failed: ['wrong_encryption', 'wrong_port', 'old_tls'],
  certificate: ['certificate_self_signed_or_expired', 'wrong_host_name'],
  sender_refused: ['address_not_of_this_login'],
  tls_required: ['wrong_encryption'],
}

/** Likely causes as stable codes, those of the provider first. */
export function causesOf(reason: string, host: string): string[] {
  const causes = CAUSES[reason] ?? []
  const oauth = presetOf(host)?.oauth
  const password = reason === 'wrong_password' || reason === 'login_refused'
  if (!password || oauth === undefined) return [...causes]
  const first = oauth === 'google' ? ['needs_app_password'] : ['needs_oauth']
  return [...new Set([...first, ...causes])]
}
