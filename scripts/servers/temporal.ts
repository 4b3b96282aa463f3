// A real Temporal server with its UI on this machine: the CLI's dev server, state in a file.
import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { Connection } from '@temporalio/client'
import { type Child, type Log, startChild, untilReady } from './child-process.ts'
import { freePort } from './ports.ts'
import { findTemporal } from './temporal-binaries.ts'

export { findTemporal, findTestServer } from './temporal-binaries.ts'

export interface TemporalServer {
  /** host:port for TEMPORAL_ADDRESS. */
  readonly address: string
  readonly namespace: string
  readonly uiUrl: string
  readonly pid: number
  stop(): Promise<void>
  /** Same ports; the state is kept when there is a file. `crash` ends it by SIGKILL. */
  restart(how?: { crash?: boolean }): Promise<void>
}

export interface TemporalOptions {
  /** SQLite file that survives restarts; without it the state lives in memory. */
  dbFile?: string
  port?: number | undefined
  uiPort?: number | undefined
  namespace?: string
  /** Server settings by name, for example a shorter limit in a test. */
  dynamicConfig?: Record<string, string>
  log?: Log
}

/** What operators filter workflows by. */
export const searchAttributes: Record<string, 'Keyword' | 'Datetime'> = {
  AccountId: 'Keyword',
  InboxId: 'Keyword',
  Channel: 'Keyword',
  InboxState: 'Keyword',
  AttentionReason: 'Keyword',
  AttentionSince: 'Datetime',
  LastProgressAt: 'Datetime',
}

/** As scripts/compose/temporal-dynamic.yaml: without it the keys that tell accounts apart mean nothing. */
const FAIR = {
  'matching.enableFairness': 'true',
  'matching.numTaskqueueReadPartitions': '1',
  'matching.numTaskqueueWritePartitions': '1',
}

/** @throws Error saying what is missing. */
export async function startTemporal(options: TemporalOptions = {}): Promise<TemporalServer> {
  const { namespace = 'default', log } = options
  const program = await findTemporal(log)
  const [port, uiPort, metricsPort] = [
    options.port || (await freePort()),
    options.uiPort || (await freePort()),
    await freePort(),
  ]
  if (options.dbFile) mkdirSync(dirname(options.dbFile), { recursive: true })
  const address = `127.0.0.1:${port}`
  const args = [
    ...['server', 'start-dev', '--ip', '127.0.0.1', '--port', String(port)],
    ...['--ui-port', String(uiPort), '--metrics-port', String(metricsPort)],
    ...['--namespace', namespace, '--log-level', 'error'],
    ...(options.dbFile ? ['--db-filename', options.dbFile] : []),
    ...pairs('--search-attribute', searchAttributes),
    ...pairs('--dynamic-config-value', { ...FAIR, ...options.dynamicConfig }),
  ]
  const start = async () => {
    const child = await startChild(program, args, { log })
    await untilReady(child, 'Temporal', () => servesNamespace(address, namespace))
    return child
  }
  let child: Child = await start()
  return {
    address,
    namespace,
    uiUrl: `http://127.0.0.1:${uiPort}`,
    get pid() {
      return child.pid
    },
    stop: () => child.stop(),
    async restart({ crash = false } = {}) {
      await child.stop(crash ? 'SIGKILL' : undefined)
      child = await start()
    },
  }
}

function pairs(flag: string, values: Record<string, string>): string[] {
  return Object.entries(values).flatMap(([name, value]) => [flag, `${name}=${value}`])
}

async function servesNamespace(address: string, namespace: string): Promise<boolean> {
  const connection = await Connection.connect({ address, connectTimeout: 1_000 })
  try {
    await connection.withDeadline(Date.now() + 2_000, async () => {
      await connection.workflowService.describeNamespace({ namespace })
    })
    return true
  } finally {
    await connection.close()
  }
}
