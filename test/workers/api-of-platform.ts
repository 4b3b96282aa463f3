// The API over the platform of a test: the same database, secrets and Temporal.
import type { InjectOptions } from 'fastify'
import pino from 'pino'
import { buildApp } from '../../api/app.ts'
import { hashKey, newKey } from '../../api/auth.ts'
import { loadConfig } from '../../config.ts'
import { insertApiKey } from '../../db/api-keys.ts'
import type { Platform } from './platform.ts'

export type ApiOfPlatform = Awaited<ReturnType<typeof apiOf>>

/** Calls are an administrator's, below the prefix of the account. */
export async function apiOf(platform: Platform, env: Record<string, string> = {}) {
  const { db, vault, channels, storage, temporal, accountId, administratorId } = platform
  const config = loadConfig({
    DATABASE_URL: platform.databaseUrl,
    ENCRYPTION_KEYS: `test:${Buffer.alloc(32, 7).toString('base64')}`,
    ALLOW_HOSTS: '127.0.0.0/8',
    ...env,
  })
  const app = await buildApp({
    config,
    db,
    vault,
    channels,
    temporal,
    storage,
    clock: () => new Date(),
    logger: pino({ level: 'silent' }),
  })
  const key = newKey()
  await insertApiKey(db, {
    accountId,
    userId: administratorId,
    name: 'test',
    prefix: key.slice(0, 12),
    hash: hashKey(key),
    role: 'administrator',
  })
  async function call(
    method: 'GET' | 'POST' | 'PATCH' | 'DELETE',
    path: string,
    headers: Record<string, string> = {},
    payload?: InjectOptions['payload'],
  ) {
    const reply = await app.inject({
      method,
      url: `/api/v1/accounts/${accountId}${path}`,
      headers: { api_access_token: key, ...headers },
      ...(payload === undefined ? {} : { payload }),
    })
    return { status: reply.statusCode, body: reply.body === '' ? null : reply.json() }
  }
  return {
    app,
    publicUrl: config.publicUrl,
    config,
    get: (path: string, headers?: Record<string, string>) => call('GET', path, headers),
    post: (path: string, payload?: object | Buffer, headers?: Record<string, string>) =>
      call('POST', path, headers, payload),
    patch: (path: string, payload: object, headers?: Record<string, string>) =>
      call('PATCH', path, headers, payload),
    remove: (path: string, headers?: Record<string, string>) => call('DELETE', path, headers),
    close: () => app.close(),
  }
}
