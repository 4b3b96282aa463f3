// Errors of sockets, TLS and DNS told apart by code, for every protocol alike.
import { HostRefused } from './errors.ts'

export type NetworkFault =
  | 'host_not_allowed'
  | 'host_not_found'
  | 'connection_refused'
  | 'connection_lost'
  | 'timeout'
  | 'tls_failed'
  | 'certificate'

/** The fault of an error that never reached the server's words; undefined when it did. */
export function networkFault(error: unknown): NetworkFault | undefined {
  if (error instanceof HostRefused) return 'host_not_allowed'
  if (!(error instanceof Error)) return undefined
  const { code, originalCode, cause } = error as Error & { code?: string; originalCode?: string }
  // nodemailer puts its own code over the system's and keeps that one aside.
  for (const candidate of [originalCode, code]) {
    const fault = candidate === undefined ? undefined : faultOfCode(String(candidate))
    if (fault !== undefined) return fault
  }
  if (/certificate/i.test(error.message) && (code === 'ETLS' || code === 'ESOCKET')) {
    return 'certificate'
  }
  if (code === 'ETLS') return 'tls_failed'
  return cause === undefined || cause === error ? undefined : networkFault(cause)
}

function faultOfCode(code: string): NetworkFault | undefined {
  if (CERTIFICATE.test(code)) return 'certificate'
  if (TLS.test(code)) return 'tls_failed'
  return BY_CODE[code]
}

// OpenSSL's verification results as Node names them.
const CERTIFICATE =
  /^(?:CERT_|UNABLE_TO_(?:GET|VERIFY|DECRYPT|DECODE)|SELF_SIGNED|DEPTH_ZERO|HOSTNAME_MISMATCH|INVALID_(?:CA|PURPOSE)|ERR_TLS_CERT_ALTNAME)/
const TLS = /^(?:ERR_SSL_|ERR_TLS_|EPROTO$|TLSFailed$)/

const BY_CODE: Record<string, NetworkFault> = {
  ENOTFOUND: 'host_not_found',
  EAI_AGAIN: 'host_not_found',
  EDNS: 'host_not_found',
  ECONNREFUSED: 'connection_refused',
  EHOSTUNREACH: 'connection_refused',
  ENETUNREACH: 'connection_refused',
  ECONNRESET: 'connection_lost',
  EPIPE: 'connection_lost',
  ECONNABORTED: 'connection_lost',
  ECONNECTION: 'connection_lost',
  EConnectionClosed: 'connection_lost',
  NoConnection: 'connection_lost',
  ETIMEDOUT: 'timeout',
  ETIMEOUT: 'timeout',
  CONNECT_TIMEOUT: 'timeout',
  GREETING_TIMEOUT: 'timeout',
  GREEETING_TIMEOUT: 'timeout',
  UPGRADE_TIMEOUT: 'timeout',
}
