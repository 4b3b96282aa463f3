// What every route is handed, and what a request knows about its caller.
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type {
  FastifyBaseLogger,
  FastifyInstance,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify'
import type { Logger } from 'pino'
import type { Channels } from '../channels/registry.ts'
import type { Config } from '../config.ts'
import type { Database } from '../db/client.ts'
import type { Vault } from '../db/encryption.ts'
import type { Locale } from '../locales/texts.ts'
import type { Storage } from '../storage/storage.ts'
import type { TemporalVerbs } from '../temporal/client.ts'

/** Built once in api/main.ts, or by a test. */
export interface Deps {
  config: Config
  db: Database
  vault: Vault
  channels: Channels
  temporal: TemporalVerbs
  storage: Storage
  clock: () => Date
  logger: Logger
}

export type App = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>

export type Role = 'administrator' | 'agent' | 'bot'

/** Who holds the key of a request, or its session, which is a key in a cookie. */
export interface Caller {
  accountId: number
  keyId: number
  bySession: boolean
  userId: number
  role: Role
  /** Null: every inbox of the account. */
  inboxIds: number[] | null
  locale: Locale
}

declare module 'fastify' {
  interface FastifyRequest {
    caller: Caller | null
  }
  interface FastifyContextConfig {
    /** Roles that may call the route; administrators may call every one. Absent: no key needed. */
    roles?: readonly Role[]
    /** Closed to keys that open some inboxes only. */
    wholeAccount?: boolean
    /** The reply shows a secret once: a kept copy of it is encrypted. */
    secretReply?: boolean
  }
}
