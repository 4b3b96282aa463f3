// The whole platform on this machine: back ends, migrations, worker and API, each a process.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { firstAccount } from '../../db/accounts.ts'
import { openDatabase } from '../../db/client.ts'
import { migrate } from '../../db/migrate.ts'
import { bundleWorkflows } from '../../workers/bundle.ts'
import { run } from '../servers/child-process.ts'
import { startBackends } from './backends.ts'
import { buildConsole, buildWidget } from './build-pages.ts'
import { developmentKeys, writeEnvironment } from './data-dir.ts'
import { portFor } from './ports.ts'
import { startProgram } from './program.ts'
import { repositoryDir } from './repository-dir.ts'
import type { Terminal } from './terminal.ts'

export interface Platform {
  /** Of the API, without a slash at the end. */
  readonly url: string
  /** Below it are the routes of the first account. */
  readonly accountUrl: string
  readonly temporalUiUrl: string
  readonly namespace: string
  readonly logDir: string
  /** With everything that a program started by hand needs. */
  readonly environmentFile: string
  /** Only when this start made the account and the environment gave no key. */
  readonly newKey: string | undefined
  /** Where the first administrator sets a password; only when this start made the account. */
  readonly welcomeLink: string | undefined
  readonly workerPid: number
  stop(): Promise<void>
}

export interface PlatformOptions {
  dataDir: string
  env: Record<string, string | undefined>
  terminal: Terminal
}

/** @throws Error saying what is missing; whatever was started by then is stopped. */
export async function startPlatform(options: PlatformOptions): Promise<Platform> {
  const { dataDir, terminal } = options
  const { say, step } = terminal
  const stops: (() => Promise<void>)[] = []
  try {
    const backends = await startBackends(dataDir, options.env, terminal)
    stops.push(backends.stop)
    const port = await portFor(backends.env.PORT, 3000)
    const url = backends.env.PUBLIC_URL?.trim() || `http://localhost:${port}`
    const env = {
      ...backends.env,
      ...encryption(dataDir, backends.env, say),
      STORAGE_DIR: backends.env.STORAGE_DIR?.trim() || join(dataDir, 'storage'),
      PORT: String(port),
      PUBLIC_URL: url,
      WORKFLOW_BUNDLE: join(dataDir, 'workflow-bundle.js'),
      WORKER_VERSIONING: 'true',
    }
    const environmentFile = writeEnvironment(dataDir, ownPart(env))
    await step(
      'Migrations',
      () => migrate(backends.databaseUrl),
      (applied) => (applied.length > 0 ? applied.join(', ') : 'nothing to do'),
    )

    const bundle = env.WORKFLOW_BUNDLE
    await step('Workflows', async () => writeFileSync(bundle, (await bundleWorkflows()).code))
    await step('Console', buildConsole)
    await step('Widget', buildWidget)
    const logDir = join(dataDir, 'logs')
    let newKey: string | undefined
    let welcomeLink: string | undefined
    const programs = await step('Worker and API', () =>
      Promise.all([
        startProgram({
          name: 'worker',
          file: 'workers/main.ts',
          env,
          logFile: join(logDir, 'worker.log'),
          ready: (lines) => lines.some((line) => line.includes('"The worker runs"')),
          say,
        }),
        startProgram({
          name: 'API',
          file: 'api/main.ts',
          env,
          logFile: join(logDir, 'api.log'),
          ready: async () => (await fetch(`http://127.0.0.1:${port}/health/ready`)).ok,
          intercept(line) {
            const [, key] = /^Administrator key, shown only now: (\S+)$/.exec(line) ?? []
            const [, link] = /^Set the administrator's password: (\S+)$/.exec(line) ?? []
            newKey ??= key
            welcomeLink ??= link
            return (key ?? link) !== undefined
          },
          say,
        }),
      ]),
    )
    // Together: neither waits for the other, and a worker may need a minute for sends in flight.
    stops.push(async () => void (await Promise.all(programs.map((program) => program.stop()))))
    await step('The work goes to these workers', () =>
      run(process.execPath, ['scripts/release-promote.ts'], { cwd: repositoryDir, env }),
    )
    const [worker] = programs
    return {
      url,
      accountUrl: `${url}/api/v1/accounts/${await accountId(backends.databaseUrl)}`,
      temporalUiUrl: backends.temporalUiUrl,
      namespace: backends.namespace,
      logDir,
      environmentFile,
      newKey,
      welcomeLink,
      get workerPid() {
        return worker.pid
      },
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }

  async function stop() {
    for (const end of stops.splice(0).reverse()) await end()
  }
}

function encryption(
  dataDir: string,
  env: Record<string, string | undefined>,
  say: (line: string) => void,
): { ENCRYPTION_KEYS?: string } {
  if (env.ENCRYPTION_KEYS?.trim() || env.ENCRYPTION_KEYS_FILE?.trim()) return {}
  const { keys, made } = developmentKeys(dataDir)
  if (made) say(`ENCRYPTION_KEYS is not set: made one for development in ${dataDir}`)
  return { ENCRYPTION_KEYS: keys }
}

const OURS =
  /^(DATABASE_|ENCRYPTION_|STORAGE_DIR|TEMPORAL_|WORKER_VERSIONING|WORKFLOW_BUNDLE|PORT$|PUBLIC_URL|HOST$|ALLOW_HOSTS|DNS_SERVERS|LOG_LEVEL)/

/** What of the environment is the platform's, not the shell's. */
function ownPart(env: Record<string, string | undefined>): Record<string, string> {
  const entries = Object.entries(env).filter(([name, value]) => OURS.test(name) && value)
  return Object.fromEntries(entries) as Record<string, string>
}

async function accountId(databaseUrl: string): Promise<number> {
  const db = openDatabase(databaseUrl, { max: 1 })
  try {
    return (await firstAccount(db))!.id
  } finally {
    await db.destroy()
  }
}
