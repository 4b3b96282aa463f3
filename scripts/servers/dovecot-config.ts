// The text of dovecot.conf for a server of our own (Dovecot 2.3): one file, nothing of /etc.
import type { SelfSigned } from './self-signed.ts'

export interface DovecotSettings {
  /** Connections one user may hold from one address; one more is answered NO [LIMIT]. */
  maxConnectionsPerUser?: number
  /** `no` (default) offers no TLS. */
  tls?: 'no' | 'starttls' | 'implicit'
  /** For TLS; a self-signed one is made when absent. */
  certificate?: SelfSigned
  /** Refuse a password over a connection without TLS. */
  refusePlaintext?: boolean
  /** PLAIN and LOGIN unless said otherwise. */
  mechanisms?: string[]
  /** No Sent, Drafts, Trash and Junk of its own, marked as such (RFC 6154). */
  noSpecialFolders?: boolean
  /** Capabilities not to be offered, for example IDLE or CONDSTORE. */
  hiddenCapabilities?: string[]
  /** All that is offered after login, instead of what Dovecot can do. */
  onlyCapabilities?: string
  /** Access tokens are asked about here (RFC 7662); adds XOAUTH2 and OAUTHBEARER. */
  introspectionUrl?: string
  /** Further lines. */
  extra?: string
}

export interface DovecotPaths {
  dir: string
  /** Unix sockets allow 107 characters, so this one is short. */
  base: string
  /** Where passwordConfig() is kept. */
  passwordConfig: string
  /** Where tokenConfig() is kept, when tokens are taken. */
  tokenConfig: string
  port: number
}

/** What Dovecot 2.3.19 offers after login with this configuration. */
const capabilities =
  'IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE SORT SORT=DISPLAY THREAD=REFERENCES ' +
  'THREAD=REFS THREAD=ORDEREDSUBJECT MULTIAPPEND URL-PARTIAL CATENATE UNSELECT CHILDREN ' +
  'NAMESPACE UIDPLUS LIST-EXTENDED I18NLEVEL=1 CONDSTORE QRESYNC ESEARCH ESORT SEARCHRES ' +
  'WITHIN CONTEXT=SEARCH LIST-STATUS BINARY MOVE SNIPPET=FUZZY PREVIEW=FUZZY PREVIEW ' +
  'STATUS=SIZE SAVEDATE LITERAL+ NOTIFY SPECIAL-USE'

export function dovecotConfig(
  paths: DovecotPaths,
  mailUser: { uid: number; gid: number },
  settings: DovecotSettings,
  certificate: SelfSigned | undefined,
): string {
  const { dir, base, passwordConfig, tokenConfig, port } = paths
  const { tls = 'no', hiddenCapabilities = [], introspectionUrl, onlyCapabilities } = settings
  const tokens = introspectionUrl ? ['xoauth2', 'oauthbearer'] : []
  const offered = (onlyCapabilities ?? capabilities)
    .split(' ')
    .filter((name) => !hiddenCapabilities.includes(name))
  return `
protocols = imap
base_dir = ${base}
state_dir = ${base}/state
log_path = /dev/stderr
listen = 127.0.0.1
default_internal_user = dovecot
default_login_user = dovenull
auth_mechanisms = ${[...(settings.mechanisms ?? ['plain', 'login']), ...tokens].join(' ')}
disable_plaintext_auth = ${settings.refusePlaintext ? 'yes' : 'no'}
auth_failure_delay = 0
ssl = ${tls === 'no' ? 'no' : 'yes'}
${certificate ? `ssl_cert = <${certificate.certFile}\nssl_key = <${certificate.keyFile}` : ''}
mail_location = maildir:~/Maildir
mail_fsync = never
first_valid_uid = 1
mail_max_userip_connections = ${settings.maxConnectionsPerUser ?? 50}
${onlyCapabilities || hiddenCapabilities.length ? `imap_capability = ${offered.join(' ')}` : ''}
# The default looks for new mail only every 30 seconds where inotify is out of watches.
mailbox_idle_check_interval = 2 secs
${settings.extra ?? ''}
${introspectionUrl ? `passdb {\n  driver = oauth2\n  mechanisms = xoauth2 oauthbearer\n  args = ${tokenConfig}\n}` : ''}
passdb {
  # One file a user, read at each login. A passwd-file is looked at once a second at most, so a
  # password changed twice in a test would be noticed late.
  driver = dict
  mechanisms = plain login cram-md5
  args = ${passwordConfig}
}
userdb {
  driver = static
  # doveadm looks users up without a password: without allow_all_users it would find none.
  args = uid=${mailUser.uid} gid=${mailUser.gid} home=${dir}/home/%u allow_all_users=yes
}
namespace inbox {
  inbox = yes
  separator = /
${settings.noSpecialFolders ? '' : SPECIAL.map(special).join('')}}
service imap-login {
  service_count = 0
  client_limit = 4000
  inet_listener imap {
    port = ${tls === 'implicit' ? 0 : port}
  }
  inet_listener imaps {
    port = ${tls === 'implicit' ? port : 0}
  }
}
service imap {
  process_limit = 4000
}
service anvil {
  client_limit = 16000
  # Else bad passwords from 127.0.0.1 make everybody here wait up to 15 seconds.
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
service auth {
  client_limit = 16000
}
service stats {
  client_limit = 16000
}
`
}

/** The token's address has to be the one that logs in. */
export function tokenConfig(introspectionUrl: string): string {
  return `
introspection_mode = post
introspection_url = ${introspectionUrl}
client_id = dovecot
client_secret = unused
username_attribute = email
username_format = %Lu
active_attribute = active
active_value = true
timeout_msecs = 1500
`
}

/** Dovecot reads `<dir>/<address>`, JSON with the password. */
export function passwordConfig(dir: string): string {
  return `
uri = fs:posix:prefix=${dir}/
default_pass_scheme = PLAIN
key passdb {
  key = %u
  format = json
}
passdb_objects = passdb
`
}

const SPECIAL = ['Sent', 'Drafts', 'Trash', 'Junk']

function special(name: string): string {
  return `  mailbox ${name} {\n    special_use = \\${name}\n    auto = subscribe\n  }\n`
}
