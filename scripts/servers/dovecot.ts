// A real IMAP server of our own: Debian's Dovecot with its own configuration, run in the
// foreground. Never touches the system's Dovecot.
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  accepts,
  type Child,
  type Log,
  onPath,
  run,
  startChild,
  untilReady,
} from './child-process.ts'
import {
  type DovecotSettings,
  dovecotConfig,
  passwordConfig,
  tokenConfig,
} from './dovecot-config.ts'
import { type Delivery, writeMail } from './maildir.ts'
import { freePort } from './ports.ts'
import { reachableDir, systemUser } from './reachable-dir.ts'
import { type SelfSigned, selfSigned } from './self-signed.ts'

export interface DovecotOptions extends DovecotSettings {
  /** Configuration, users and mail; kept between runs. */
  dir: string
  /** Passwords by address. */
  users: Record<string, string>
  port?: number | undefined
  log?: Log
}

export interface DovecotServer {
  readonly host: '127.0.0.1'
  readonly port: number
  readonly pid: number
  /** To be trusted by clients when TLS is on. */
  readonly certificate: SelfSigned | undefined
  hasUser(address: string): boolean
  /** Visible to IDLE at once, and written before the first login as well as after. */
  deliver(address: string, raw: Delivery['raw'], how?: Omit<Delivery, 'raw'>): void
  deliverAll(address: string, mails: Iterable<Delivery>): void
  /** Adds the user when unknown. Open connections stay open: see kick. */
  setPassword(address: string, password: string): void
  /** Drops the user's connections. */
  kick(address: string): Promise<void>
  setUidValidity(address: string, uidValidity: number, folder?: string): Promise<void>
  /** While broken every login is answered NO [UNAVAILABLE], which proves nothing about it. */
  setAuthBroken(broken: boolean): void
  /** Any other thing doveadm can do. @returns what it printed. */
  doveadm(...args: string[]): Promise<string>
  stop(): Promise<void>
  restart(): Promise<void>
}

const packages = ['dovecot-core', 'dovecot-imapd']

/** Installs Dovecot from Debian's packages. @throws Error naming what to install when it cannot. */
export async function ensureDovecot(log?: Log): Promise<void> {
  const install = `apt-get install ${packages.join(' ')}`
  if (!onPath('dovecot')) {
    if (process.getuid?.() !== 0 || !onPath('apt-get')) {
      throw new Error(`Dovecot is missing: run as root "${install}" (Debian 12 or Ubuntu 24.04)`)
    }
    log?.(`Installing ${packages.join(' and ')}`)
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
    const flags = ['install', '--yes', '--no-install-recommends']
    // Debian starts a service once it is installed, except in runlevel 1.
    await run('apt-get', ['update'], { env })
    await run('apt-get', [...flags, ...packages], { env: { ...env, RUNLEVEL: '1' } })
  }
  const version = (await run(onPath('dovecot')!, ['--version'])).trim()
  if (!version.startsWith('2.3.')) {
    throw new Error(`Dovecot 2.3 is needed, found ${version}: 2.4 reads another configuration`)
  }
  if (process.getuid?.() !== 0) {
    throw new Error('Dovecot must be started as root: it drops to its own users by itself')
  }
}

/** @throws Error saying what is missing. */
export async function startDovecot(options: DovecotOptions): Promise<DovecotServer> {
  const { log } = options
  await ensureDovecot(log)
  const owner = (await systemUser('nobody')) ?? { uid: 65534, gid: 65534 }
  const dir = await reachableDir(options.dir, owner, log)
  const base = runDir(dir)
  const port = options.port || (await freePort())
  const certificate =
    options.tls && options.tls !== 'no'
      ? (options.certificate ?? (await selfSigned(join(dir, 'tls'))))
      : undefined
  const configFile = join(dir, 'dovecot.conf')
  const passwordConfigFile = join(dir, 'passwords.conf')
  mkdirSync(join(dir, 'home'), { recursive: true })
  chownSync(join(dir, 'home'), owner.uid, owner.gid)
  const users = passwordFiles(join(dir, 'passwords'), options.users)
  writeFileSync(passwordConfigFile, passwordConfig(join(dir, 'passwords')))
  const tokenConfigFile = join(dir, 'tokens.conf')
  if (options.introspectionUrl) {
    writeFileSync(tokenConfigFile, tokenConfig(options.introspectionUrl))
  }
  const paths = {
    dir,
    base,
    passwordConfig: passwordConfigFile,
    tokenConfig: tokenConfigFile,
    port,
  }
  writeFileSync(configFile, dovecotConfig(paths, owner, options, certificate))

  const start = async () => {
    const child = await startChild(onPath('dovecot')!, ['-F', '-c', configFile], { log, cwd: '/' })
    await untilReady(child, 'Dovecot', () => accepts(port))
    return child
  }
  const doveadm = (...args: string[]) => run(onPath('doveadm')!, ['-c', configFile, ...args])
  const homeOf = (address: string) => join(dir, 'home', address)

  let child: Child = await start()
  return {
    host: '127.0.0.1',
    port,
    get pid() {
      return child.pid
    },
    certificate,
    hasUser: users.has,
    deliver: (address, raw, how) => writeMail(homeOf(address), owner, { raw, ...how }),
    deliverAll(address, mails) {
      for (const mail of mails) writeMail(homeOf(address), owner, mail)
    },
    setPassword: users.set,
    async kick(address) {
      // doveadm fails when nobody is connected, which is what was asked for.
      await doveadm('kick', address).catch(() => undefined)
    },
    async setUidValidity(address, uidValidity, folder = 'INBOX') {
      const change = ['--uid-validity', String(uidValidity), folder]
      await doveadm('mailbox', 'update', '-u', address, ...change)
    },
    setAuthBroken: users.setBroken,
    doveadm,
    async stop() {
      await child.stop()
      rmSync(base, { recursive: true, force: true })
    },
    async restart() {
      await child.stop()
      child = await start()
    },
  }
}

/** Where its sockets are. A unix socket's whole path may have 107 characters. */
function runDir(dir: string): string {
  const near = join(dir, 'run')
  const base = near.length < 70 ? near : mkdtempSync(join(tmpdir(), 'dovecot-'))
  mkdirSync(base, { recursive: true })
  chmodSync(base, 0o755)
  return base
}

/** One small file a user; Dovecot's auth process, which has a user of its own, reads them. */
function passwordFiles(dir: string, initial: Record<string, string>) {
  mkdirSync(dir, { recursive: true })
  const known = new Set<string>()
  const set = (address: string, password: string) => {
    if (address.includes('/')) throw new Error(`${address} cannot be a file name`)
    known.add(address)
    writeFileSync(join(dir, `.${address}`), JSON.stringify({ password }), { mode: 0o644 })
    renameSync(join(dir, `.${address}`), join(dir, address))
  }
  for (const [address, password] of Object.entries(initial)) set(address, password)
  return {
    has: (address: string) => known.has(address),
    set,
    // A store that cannot be opened is an internal error to Dovecot, not a wrong password. A file
    // in the folder's place does it: permissions would not stop root.
    setBroken(broken: boolean) {
      if (broken === existsSync(`${dir}.away`)) return
      if (broken) {
        renameSync(dir, `${dir}.away`)
        writeFileSync(dir, '')
      } else {
        rmSync(dir)
        renameSync(`${dir}.away`, dir)
      }
    },
  }
}
