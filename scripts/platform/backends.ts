// Postgres and Temporal: those of the environment, else our own beside the checkout.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Connection } from '@temporalio/client'
import { loadClientConnectConfig } from '@temporalio/envconfig'
import postgres from 'postgres'
import { withPassword } from '../../config.ts'
import { startPostgres } from '../servers/postgres.ts'
import { findTemporal, startTemporal } from '../servers/temporal.ts'
import { cloudCommand, setUpTemporal } from '../temporal-setup.ts'
import { portFor } from './ports.ts'
import type { Terminal } from './terminal.ts'

type Environment = Record<string, string | undefined>

export interface Backends {
  databaseUrl: string
  temporalUiUrl: string
  namespace: string
  address: string
  /** What the programs must be told. */
  env: Environment
  stop(): Promise<void>
}

/** @throws Error saying what is missing and what to do. */
export async function startBackends(
  dataDir: string,
  env: Environment,
  terminal: Terminal,
): Promise<Backends> {
  const stops: (() => Promise<void>)[] = []
  const log = (line: string) => {
    // Servers chatter; only what our own set-up says of itself is for people.
    if (/^(Making|Copying|Fetching|Installing) |cannot be entered/.test(line)) terminal.say(line)
  }
  try {
    const databaseUrl = env.DATABASE_URL?.trim()
      ? await terminal.step('Postgres of DATABASE_URL', () =>
          reach(withPassword(env.DATABASE_URL!.trim(), env.DATABASE_PASSWORD?.trim())),
        )
      : await terminal.step('Postgres, our own', async () => {
          const dir = join(dataDir, 'postgres')
          const port = Number(env.POSTGRES_PORT) || undefined
          const server = await startPostgres({ dataDir: dir, port, log })
          stops.push(server.stop)
          return server.url
        })
    const temporal = isGiven(env)
      ? await terminal.step('Temporal of TEMPORAL_ADDRESS', () => reachTemporal(env, terminal))
      : await terminal.step(
          'Temporal, our own',
          async () => {
            await findTemporal(log)
            const server = await startTemporal({
              dbFile: join(dataDir, 'temporal', 'state.db'),
              port: await portFor(env.TEMPORAL_PORT, 7233),
              uiPort: await portFor(env.TEMPORAL_UI_PORT, 8233),
            })
            stops.push(server.stop)
            const { address, namespace, uiUrl } = server
            return { address, namespace, uiUrl: uiUrl.replace('127.0.0.1', 'localhost') }
          },
          ({ uiUrl }) => uiUrl,
        )
    const { address, namespace, uiUrl } = temporal
    return {
      databaseUrl,
      address,
      namespace,
      temporalUiUrl: uiUrl,
      env: {
        ...(isGiven(env) ? env : withProfile(env, dataDir, temporal)),
        DATABASE_URL: databaseUrl,
        TEMPORAL_ADDRESS: address,
        TEMPORAL_NAMESPACE: namespace,
        TEMPORAL_UI_URL: uiUrl,
      },
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }

  async function stop() {
    // Temporal first: nothing of its own is lost, and nobody calls Postgres any more.
    for (const end of stops.splice(0).reverse()) await end()
  }
}

const isGiven = (env: Environment) =>
  Boolean(env.TEMPORAL_ADDRESS?.trim() || env.TEMPORAL_PROFILE?.trim())

/** A profile or key meant for another server would make ours unreachable, so it gets its own. */
function withProfile(
  env: Environment,
  dataDir: string,
  { address, namespace }: { address: string; namespace: string },
): Environment {
  const file = join(dataDir, 'temporal', 'profile.toml')
  writeFileSync(file, `[profile.default]\naddress = "${address}"\nnamespace = "${namespace}"\n`)
  const others = Object.entries(env).filter(([name]) => !name.startsWith('TEMPORAL_'))
  return { ...Object.fromEntries(others), TEMPORAL_CONFIG_FILE: file }
}

async function reach(url: string): Promise<string> {
  const sql = postgres(url, { max: 1, connect_timeout: 10, onnotice: () => {} })
  try {
    const [row] = await sql`select current_setting('server_version_num')::int as version`
    if (row?.version < 160_000) throw new Error('it is older than Postgres 16')
    return url
  } catch (error) {
    throw new Error(
      `DATABASE_URL cannot be used: ${(error as Error).message}.\n` +
        'Start that server or correct the address; without DATABASE_URL (environment or .env) a ' +
        'Postgres of our own is started.',
    )
  } finally {
    await sql.end({ timeout: 1 })
  }
}

async function reachTemporal(env: Environment, terminal: Terminal) {
  const { connectionOptions, namespace = 'default' } = loadClientConnectConfig()
  const address = connectionOptions.address ?? 'localhost:7233'
  const connection = await Connection.connect({ ...connectionOptions, address }).catch((error) => {
    throw new Error(
      `Temporal at ${address} cannot be reached: ${(error as Error).message}.\n` +
        'Start it, correct TEMPORAL_ADDRESS (and TEMPORAL_API_KEY or TEMPORAL_TLS_* for Temporal ' +
        'Cloud), or unset it: then a dev server of our own is started.',
    )
  })
  try {
    await setUpTemporal(connection, namespace, () => {})
  } catch (error) {
    terminal.say(`The namespace could not be prepared from here: ${(error as Error).message}`)
    terminal.say(`Unless its search attributes are there already, run: ${cloudCommand(namespace)}`)
  } finally {
    await connection.close()
  }
  return { address, namespace, uiUrl: env.TEMPORAL_UI_URL?.trim() || 'http://localhost:8233' }
}
