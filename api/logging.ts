// Structured logs: ids only. Bodies, addresses and secrets never get here, and are redacted if so.
import { type Logger, pino } from 'pino'
import type { LogLevel } from '../config.ts'

const SECRET_FIELDS = [
  'password',
  'imap_password',
  'smtp_password',
  'secret',
  'token',
  'api_key',
  'authorization',
  'api_access_token',
  'cookie',
]

/** A logger of one JSON line an event, for an API process. */
export function createLogger(level: LogLevel): Logger {
  return pino({
    level,
    base: { process: 'api' },
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: {
      paths: SECRET_FIELDS.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]),
      censor: '[redacted]',
    },
    serializers: {
      // The address without its query, which may hold a search or a signature.
      req: (request: { method: string; url: string }) => ({
        method: request.method,
        path: request.url.split('?')[0],
      }),
    },
  })
}
