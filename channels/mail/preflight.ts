// Proves an account before it is saved, stage by stage, over the very functions sync and sending use.
import { connect as connectTcp } from 'node:net'
import type { ImapFlow } from 'imapflow'
import type { NetPolicy } from '../../net/policy.ts'
import { resolveHost } from '../../net/resolve-host.ts'
import { connectImap, type ImapTarget } from '../../protocols/imap/connect.ts'
import { connectSmtp, type SmtpTarget } from '../../protocols/smtp/connect.ts'
import { tryMailFrom } from '../../protocols/smtp/try-mail-from.ts'
import type { StageName, StageResult } from '../channel.ts'
import { ChannelError } from '../errors.ts'
import type { MailAccount } from './account.ts'
import { causesOf } from './causes.ts'
import { imapError, smtpError } from './errors.ts'

/**
 * Runs every stage of the enabled servers and stops a server's row at its first failure. Nothing is
 * thrown: a failed stage carries reason, the server's words and likely causes.
 */
export async function* preflight({
  address,
  imap,
  smtp,
}: MailAccount): AsyncGenerator<StageResult> {
  if (imap !== undefined) yield* imapStages(imap)
  if (smtp !== undefined) yield* smtpStages(address, smtp)
}

async function* imapStages(imap: ImapTarget): AsyncGenerator<StageResult> {
  const failed = (stage: StageName, error: unknown) =>
    failure(stage, imapError(error, imap), imap.host)
  const reached = yield* reach(imap, imap.policy, ['dns', 'tcp'], failed)
  if (!reached) return
  let client: ImapFlow
  let verified = false
  try {
    // Verification first, always: it tells whether the host can be held to its certificate.
    const opened = await verifiedFirst(imap, (certificate) => connectImap({ ...imap, certificate }))
    client = opened.connection
    verified = opened.verified
  } catch (error) {
    const meaning = imapError(error, imap)
    const stage = imapStageOf(meaning)
    // Silence may have begun in the handshake already, so nothing is said of the stages before it.
    for (const passed of stage === 'greeting' ? [] : BEFORE_LOGIN[imap.encryption]) {
      if (passed === stage) break
      yield { stage: passed, ok: true }
    }
    yield failure(stage, meaning, imap.host)
    return
  }
  try {
    for (const stage of BEFORE_LOGIN[imap.encryption]) {
      if (stage === 'tls') yield { stage, ok: true, verified }
      else yield { stage, ok: true, ...(client.greeting ? { evidence: client.greeting } : {}) }
    }
    yield { stage: 'login', ok: true }
    await client.mailboxOpen('INBOX', { readOnly: true })
    yield { stage: 'inbox', ok: true }
  } catch (error) {
    yield failed('inbox', error)
  } finally {
    client.close()
  }
}

/** STARTTLS comes after the greeting, implicit TLS before it. */
const BEFORE_LOGIN = {
  tls: ['tls', 'greeting'],
  starttls: ['greeting', 'tls'],
  none: ['greeting'],
} as const

async function* smtpStages(address: string, target: SmtpTarget): AsyncGenerator<StageResult> {
  const failed = (stage: StageName, error: unknown) =>
    failure(stage, smtpError(error, target), target.host)
  const reached = yield* reach(target, target.policy, ['smtp_dns', 'smtp_tcp'], failed)
  if (!reached) return
  let verified: boolean
  try {
    const opened = await verifiedFirst(target, (certificate) =>
      connectSmtp({ ...target, certificate, auth: undefined }),
    )
    verified = opened.verified
    opened.connection.close()
  } catch (error) {
    const meaning = smtpError(error, target)
    const stage = isTlsFault(meaning) ? 'smtp_starttls' : 'smtp_ehlo'
    if (stage === 'smtp_starttls' && target.encryption === 'starttls') {
      yield { stage: 'smtp_ehlo', ok: true }
    }
    yield failed(stage, meaning)
    return
  }
  yield { stage: 'smtp_ehlo', ok: true }
  if (target.encryption !== 'none') yield { stage: 'smtp_starttls', ok: true, verified }
  let stage: StageName = 'smtp_auth'
  try {
    // Where a certificate has just been proved, the password goes to whoever has it and nobody else.
    const certificate = verified ? 'peer' : target.certificate
    const connection = await connectSmtp({ ...target, certificate })
    yield { stage, ok: true }
    stage = 'smtp_mail_from'
    await tryMailFrom(connection, address).finally(() => connection.close())
    yield { stage, ok: true }
  } catch (error) {
    yield failed(stage, error)
  }
}

type Reach = { host: string; port: number }

async function* reach(
  { host, port }: Reach,
  policy: NetPolicy,
  [dns, tcp]: [StageName, StageName],
  failed: (stage: StageName, error: unknown) => StageResult,
): AsyncGenerator<StageResult, boolean> {
  let address: string
  try {
    address = (await resolveHost(host, port, policy)).address
    yield { stage: dns, ok: true }
  } catch (error) {
    yield failed(dns, error)
    return false
  }
  try {
    await knock(address, port)
    yield { stage: tcp, ok: true }
    return true
  } catch (error) {
    yield failed(tcp, error)
    return false
  }
}

function knock(host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connectTcp({ host, port, timeout: 15_000 })
    socket.once('connect', () => {
      socket.destroy()
      resolve()
    })
    socket.once('timeout', () =>
      socket.destroy(Object.assign(new Error('No answer in time'), { code: 'ETIMEDOUT' })),
    )
    socket.once('error', reject)
  })
}

async function verifiedFirst<T>(
  { certificate, encryption }: { certificate: 'peer' | 'none'; encryption: string },
  open: (certificate: 'peer' | 'none') => Promise<T>,
): Promise<{ connection: T; verified: boolean }> {
  try {
    return { connection: await open('peer'), verified: encryption !== 'none' }
  } catch (error) {
    // The check is the only thing that another try can leave out.
    const mayBeTheCheck = /^(?:certificate|tls_failed)$/.test(
      reasonOf(imapError(error, { auth: undefined })),
    )
    if (certificate !== 'none' || !mayBeTheCheck) throw error
    return { connection: await open('none'), verified: false }
  }
}

function isTlsFault(error: Error): boolean {
  return /^(?:certificate|tls_failed|starttls_not_offered)$/.test(reasonOf(error))
}

function imapStageOf(error: Error): StageName {
  if (isTlsFault(error)) return 'tls'
  // Lost or silent before a word was said.
  return /^(?:timeout|connection_lost)$/.test(reasonOf(error)) ? 'greeting' : 'login'
}

function reasonOf(error: Error): string {
  return error instanceof ChannelError ? error.details.reason : ''
}

function failure(stage: StageName, error: Error, host: string): StageResult {
  if (!(error instanceof ChannelError)) return { stage, ok: false, reason: 'server_unavailable' }
  const { reason, evidence } = error.details
  const causes = causesOf(reason, host, stage)
  return { stage, ok: false, reason, ...(evidence ? { evidence } : {}), causes }
}
