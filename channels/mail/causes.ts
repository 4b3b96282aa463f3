// What probably lies behind a failed stage: said as possibilities, never asserted.
import type { StageName } from '../channel.ts'
import { presetOf } from './presets.ts'

const LOGIN = ['login_mistyped', 'app_password_wanted', 'imap_switched_off', 'address_is_a_group']
const SMTP_LOGIN = ['login_mistyped', 'app_password_wanted', 'smtp_auth_disabled_by_admin']

const CAUSES: Record<string, readonly string[]> = {
  wrong_password: LOGIN,
  login_refused: LOGIN,
  needs_app_password: ['app_password_wanted'],
  imap_disabled: ['imap_switched_off', 'imap_disabled_by_admin'],
  mailbox_refused: ['imap_switched_off', 'imap_disabled_by_admin', 'address_not_primary'],
  token_refused: ['imap_switched_off', 'imap_disabled_by_admin', 'address_not_primary'],
  provider_challenge: ['provider_wants_a_browser_login'],
  needs_oauth: ['sign_in_wanted'],
  smtp_auth_disabled: ['smtp_auth_disabled_by_admin'],
  login_not_offered: ['wrong_port', 'wrong_encryption'],
  host_not_found: ['host_misspelled'],
  host_not_allowed: ['private_host', 'unusual_port'],
  connection_refused: ['wrong_port', 'server_down', 'firewall'],
  timeout: ['wrong_port', 'wrong_encryption', 'firewall'],
  connection_lost: ['wrong_encryption', 'server_down'],
  tls_failed: ['wrong_encryption', 'wrong_port', 'old_tls'],
  starttls_not_offered: ['wrong_encryption', 'wrong_port', 'encryption_removed_on_the_way'],
  tls_required: ['wrong_encryption'],
  certificate: ['certificate_self_signed_or_expired', 'wrong_host_name'],
  sender_refused: ['address_not_of_this_login'],
  server_unavailable: ['server_down'],
  command_refused: ['imap_switched_off', 'server_down'],
  too_many_connections: ['other_programs_connected'],
  throttled: ['asked_too_often'],
  over_quota: ['asked_too_often'],
}

/** Likely causes as stable codes, those that the provider is known for first. */
export function causesOf(reason: string, host: string, stage: StageName): string[] {
  const refused = reason === 'wrong_password' || reason === 'login_refused'
  if (!refused) return [...(CAUSES[reason] ?? [])]
  const smtp = stage.startsWith('smtp')
  const preset = presetOf(host)
  const known = [
    ...(preset?.oauth === 'microsoft' ? ['sign_in_wanted'] : []),
    ...(preset?.appPassword ? ['app_password_wanted'] : []),
    ...(preset?.switchedOff && !smtp ? ['imap_switched_off'] : []),
  ]
  return [...new Set([...known, ...(smtp ? SMTP_LOGIN : LOGIN)])]
}
