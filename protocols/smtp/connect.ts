// One SMTP session up to a successful login, on nodemailer's SMTPConnection, dialled through net.
import SMTPConnection from 'nodemailer/lib/smtp-connection'
import type { NetPolicy } from '../../net/policy.ts'
import { resolveHost, resolveHostInClear } from '../../net/resolve-host.ts'

export type SmtpMethod = 'login' | 'plain' | 'cram_md5'

export interface SmtpTarget {
  host: string
  port: number
  encryption: 'tls' | 'starttls' | 'none'
  certificate: 'peer' | 'none'
  /** Undefined: the server wants no login. */
  auth:
    | { method: SmtpMethod; user: string; pass: string }
    | { user: string; accessToken: string }
    | undefined
  /** What EHLO says. */
  ehloName: string
  policy: NetPolicy
  signal?: AbortSignal | undefined
  /** Milliseconds for one step before the body; 60 s unless said otherwise. */
  stepTimeoutMs?: number | undefined
  /** Milliseconds the server may take over the body and its answer: RFC 5321 4.5.3.2.6, 10 min. */
  replyTimeoutMs?: number | undefined
}

/** @throws HostRefused, HostUnknown, or nodemailer's error for `classifySmtp` */
export async function connectSmtp(target: SmtpTarget): Promise<SMTPConnection> {
  const { host, port, encryption, signal } = target
  signal?.throwIfAborted()
  const clear = encryption === 'none' && target.auth !== undefined
  const resolve = clear ? resolveHostInClear : resolveHost
  const { address, servername } = await resolve(host, port, target.policy)
  const connection = new SMTPConnection({
    host: address,
    port,
    secure: encryption === 'tls',
    requireTLS: encryption === 'starttls',
    ignoreTLS: encryption === 'none',
    name: target.ehloName,
    // The address was checked by net; nodemailer need not look at it again.
    allowInternalNetworkInterfaces: true,
    connectionTimeout: 20_000,
    greetingTimeout: 20_000,
    socketTimeout: target.replyTimeoutMs ?? REPLY_TIMEOUT_MS,
    tls: {
      rejectUnauthorized: target.certificate === 'peer',
      ...(servername === undefined ? {} : { servername }),
    },
  } as SMTPConnection.Options)
  try {
    await inTime(target, (done) => {
      connection.once('error', done)
      connection.connect((error) => done(error ?? null))
    })
    // A late error of the socket must find a listener, or it would end the process.
    connection.on('error', () => undefined)
    const { auth } = target
    if (auth !== undefined) {
      await inTime(target, (done) => {
        // nodemailer tells nobody who waits for a login that its connection was lost.
        connection.once('end', () => done(lost()))
        login(connection, auth, done)
      })
    }
  } catch (error) {
    connection.on('error', () => undefined)
    connection.close()
    throw signal?.aborted ? signal.reason : error
  }
  return connection
}

export const REPLY_TIMEOUT_MS = 10 * 60_000
const STEP_TIMEOUT_MS = 60_000

type Done = (error: Error | null) => void

function login(connection: SMTPConnection, auth: NonNullable<SmtpTarget['auth']>, done: Done) {
  if ('accessToken' in auth) {
    const token = { user: auth.user, accessToken: auth.accessToken, type: 'oauth2' }
    // nodemailer wants something that hands out tokens and may be asked for a fresh one.
    const oauth2 = {
      getToken: (_renew: boolean, give: (error: null, token: string) => void) =>
        give(null, auth.accessToken),
      buildXOAuth2Token: (accessToken: string) =>
        Buffer.from(`user=${auth.user}\x01auth=Bearer ${accessToken}\x01\x01`).toString('base64'),
    }
    connection.login({ ...token, oauth2, method: 'XOAUTH2' } as never, done)
    return
  }
  const method = METHODS[auth.method]
  const offered = offeredMethods(connection)
  const { user, pass } = auth
  // A server that does not know the chosen method gets one that it offers.
  const chosen = offered.length === 0 || offered.includes(method) ? { method } : {}
  connection.login({ user, pass, ...chosen } as never, done)
}

const METHODS = { login: 'LOGIN', plain: 'PLAIN', cram_md5: 'CRAM-MD5' } as const

/** Mechanisms of the last EHLO reply, upper case. */
export function offeredMethods(connection: SMTPConnection): string[] {
  const reply = String(
    (connection as unknown as { lastServerResponse: unknown }).lastServerResponse,
  )
  const line = /^250[- ]AUTH[ =](.*)$/im.exec(reply)?.[1] ?? ''
  return line.trim().toUpperCase().split(/\s+/).filter(Boolean)
}

function lost(): Error {
  return Object.assign(new Error('Connection lost'), { code: 'ECONNECTION' })
}

function inTime(target: SmtpTarget, start: (done: Done) => void): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const late = () => reject(Object.assign(new Error('No answer in time'), { code: 'ETIMEDOUT' }))
  const timer = setTimeout(late, target.stepTimeoutMs ?? STEP_TIMEOUT_MS)
  const abort = () => reject(new Error('aborted'))
  target.signal?.addEventListener('abort', abort, { once: true })
  start((error) => (error ? reject(error) : resolve()))
  return promise.finally(() => {
    clearTimeout(timer)
    target.signal?.removeEventListener('abort', abort)
  })
}
