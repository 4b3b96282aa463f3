// A real SMTP submission server of our own that keeps what it receives and fails on request.
import { rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { SMTPServer, type SMTPServerSession } from 'smtp-server'
import { freePort } from './ports.ts'
import { type SelfSigned, selfSigned } from './self-signed.ts'
import { faultList, type SmtpFault, type SmtpStage } from './smtp-faults.ts'

export { smtpFaults } from './smtp-faults.ts'

export interface ReceivedMail {
  from: string
  to: string[]
  /** Who logged in. */
  user: string | undefined
  raw: Buffer
  /** Over TLS? */
  secure: boolean
  at: Date
}

export interface SmtpServer {
  readonly host: '127.0.0.1'
  readonly port: number
  /** To be trusted by clients when TLS is on. */
  readonly certificate: SelfSigned | undefined
  /** Every mail kept, oldest first. */
  readonly received: ReceivedMail[]
  /** Resolves when at least `count` mails have been kept in all. */
  waitFor(count: number, timeoutMs?: number): Promise<ReceivedMail[]>
  /** Each stage that is reached uses up one of its faults; by default it goes on until mended. */
  fail(fault: SmtpFault, how?: { times?: number }): void
  /** No more faults. */
  mend(): void
  setPassword(user: string, password: string): void
  stop(): Promise<void>
}

export interface SmtpOptions {
  port?: number | undefined
  /** Passwords by user name. */
  users: Record<string, string>
  /** `no` is the default. */
  tls?: 'no' | 'starttls' | 'implicit'
  /** For TLS; a self-signed one is made when absent. */
  certificate?: SelfSigned
  authMethods?: ('PLAIN' | 'LOGIN' | 'CRAM-MD5')[]
  /** Takes access tokens too (XOAUTH2), those that this says yes to. */
  isAccess?(user: string, token: string): boolean
  maxSize?: number
  /** Where mail to users of ours ends up, such as a Dovecot. */
  deliverTo?: {
    hasUser(address: string): boolean
    deliver(address: string, raw: Buffer, how?: { folder: string; seen: boolean }): void
  }
  /** Puts what a user sends into the user's Sent folder there, as Gmail and Microsoft do. */
  filesSent?: boolean
}

export async function startSmtp(options: SmtpOptions): Promise<SmtpServer> {
  const { tls = 'no' } = options
  const port = options.port || (await freePort())
  const tlsDir = join(tmpdir(), `smtp-${process.pid}-${port}`)
  const certificate = tls === 'no' ? undefined : (options.certificate ?? (await selfSigned(tlsDir)))
  const users = new Map(Object.entries(options.users))
  const received: ReceivedMail[] = []
  const waiting = new Set<() => void>()
  const faults = faultList()

  const keep = (mail: ReceivedMail) => {
    received.push(mail)
    for (const wake of waiting) wake()
    const { deliverTo } = options
    if (options.filesSent && mail.user && deliverTo?.hasUser(mail.user)) {
      deliverTo.deliver(mail.user, mail.raw, { folder: 'Sent', seen: true })
    }
    for (const address of mail.to) {
      if (deliverTo?.hasUser(address)) deliverTo.deliver(address, mail.raw)
    }
  }

  const server = new SMTPServer({
    name: 'localhost',
    secure: tls === 'implicit',
    ...(certificate ? { key: certificate.key, cert: certificate.cert } : {}),
    ...(options.maxSize ? { size: options.maxSize } : {}),
    allowInsecureAuth: tls === 'no',
    disabledCommands: tls === 'no' ? ['STARTTLS'] : [],
    authMethods: [
      ...(options.authMethods ?? ['PLAIN', 'LOGIN', 'CRAM-MD5']),
      ...(options.isAccess ? ['XOAUTH2'] : []),
    ],
    disableReverseLookup: true,
    // Our replies carry their own enhanced code; the library would add a second one.
    hideENHANCEDSTATUSCODES: true,
    onConnect: (session, done) => void at('connect', session, done),
    onAuth(auth, session, done) {
      void at('auth', session, (error) => {
        if (error) return done(error)
        if (auth.method === 'XOAUTH2') {
          const access = options.isAccess?.(auth.username ?? '', auth.accessToken ?? '')
          if (access) return done(null, { user: auth.username })
          // The client answers it with an empty line, then hears 535.
          return done(null, { data: { status: '401', schemes: 'bearer', scope: 'mail' } })
        }
        const password = users.get(auth.username ?? '')
        const right =
          password !== undefined &&
          (auth.method === 'CRAM-MD5'
            ? auth.validatePassword(password)
            : auth.password === password)
        if (right) return done(null, { user: auth.username })
        done(replying('535 5.7.8 Error: authentication failed'))
      })
    },
    onMailFrom: (_address, session, done) => void at('mail', session, done),
    onRcptTo: (_address, session, done) => void at('rcpt', session, done),
    onData(stream, session, done) {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        const { envelope } = session
        const mail: ReceivedMail = {
          from: envelope.mailFrom ? envelope.mailFrom.address : '',
          to: envelope.rcptTo.map(({ address }) => address),
          user: session.user,
          raw: Buffer.concat(chunks),
          secure: session.secure,
          at: new Date(),
        }
        if (stream.sizeExceeded) return done(replying('552 5.3.4 Message too big'))
        void at('data', session, done, () => keep(mail))
      })
    },
  })
  // A client that goes away is no event here, and unheard it would end the process.
  server.on('error', () => {})

  async function at(
    stage: SmtpStage,
    session: SMTPServerSession,
    done: (error?: Error | null) => void,
    accept = () => {},
  ): Promise<void> {
    const fault = faults.take(stage)
    if (fault?.delayMs) await sleep(fault.delayMs)
    if (fault?.keep) accept()
    if (fault?.close) return closeConnection(session)
    if (fault?.reply) return done(replying(fault.reply))
    if (!fault?.keep) accept()
    done()
  }

  function closeConnection(session: SMTPServerSession): void {
    for (const connection of server.connections) {
      // The library gives no way to hang up; its connections hold their socket in _socket.
      if (connection.session?.id === session.id) connection._socket.destroy()
    }
  }

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  return {
    host: '127.0.0.1',
    port,
    certificate,
    received,
    waitFor: (count, timeoutMs = 60_000) =>
      new Promise((resolve, reject) => {
        const check = () => {
          if (received.length < count) return
          finish()
          resolve(received)
        }
        const giveUp = setTimeout(() => {
          finish()
          reject(new Error(`${received.length} of ${count} mails came in ${timeoutMs} ms`))
        }, timeoutMs)
        const finish = () => {
          clearTimeout(giveUp)
          waiting.delete(check)
        }
        waiting.add(check)
        check()
      }),
    fail: (fault, { times = Number.POSITIVE_INFINITY } = {}) => void faults.add(fault, times),
    mend: () => void faults.clear(),
    setPassword: (user, password) => void users.set(user, password),
    stop: () =>
      new Promise((resolve) => {
        // Clients that keep a connection for later would make close() wait for half a minute.
        for (const connection of server.connections) connection._socket?.destroy()
        server.close(() => resolve())
        rmSync(tlsDir, { recursive: true, force: true })
      }),
  }
}

function replying(reply: string): Error {
  const [code, ...text] = reply.split(' ')
  return Object.assign(new Error(text.join(' ')), { responseCode: Number(code) })
}
