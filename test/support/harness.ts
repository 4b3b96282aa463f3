// The test run's own little HTTP server: it starts each shared server when the first test asks,
// so that a run of pure tests starts none, and starts it once for all test files.
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildWidget } from '../../scripts/platform/build-pages.ts'
import { type PostgresServer, startPostgres } from '../../scripts/servers/postgres.ts'
import { findTestServer, startTemporal } from '../../scripts/servers/temporal.ts'

/** What each path answers, as JSON. */
export interface HarnessAnswers {
  /** Of the cluster's own database; `template` is migrated and has no connection. */
  database: { adminUrl: string; template: string }
  temporal: { address: string; uiUrl: string; namespace: string }
  'test-server': { path: string }
  'workflow-bundle': { codePath: string }
  /** It is built. */
  widget: Record<string, never>
}

const template = 'template_migrated'

/** @returns its address and how to end everything it has started. */
export async function startHarness() {
  const scratch = mkdtempSync(join(tmpdir(), 'inboxes-test-'))
  // Postgres runs as another user and must be able to enter.
  chmodSync(scratch, 0o755)
  const stops: (() => Promise<void>)[] = []

  const answers: { [K in keyof HarnessAnswers]: () => Promise<HarnessAnswers[K]> } = {
    database: once(async () => {
      const dataDir = join(scratch, 'postgres')
      const server = await startPostgres({ dataDir, durable: false, maxConnections: 500 })
      stops.push(server.stop)
      await migrateTemplate(server)
      return { adminUrl: server.url, template }
    }),
    temporal: once(async () => {
      const server = await startTemporal()
      stops.push(server.stop)
      return { address: server.address, uiUrl: server.uiUrl, namespace: server.namespace }
    }),
    'test-server': once(async () => ({ path: await findTestServer() })),
    'workflow-bundle': once(async () => {
      const { bundleWorkflows } = await import('../../workers/bundle.ts')
      const codePath = join(scratch, 'workflow-bundle.js')
      writeFileSync(codePath, (await bundleWorkflows()).code)
      return { codePath }
    }),
    widget: once(async () => {
      await buildWidget()
      return {}
    }),
  }

  const server = createServer((request, response) => {
    const answer = answers[(request.url ?? '').slice(1) as keyof HarnessAnswers]
    if (!answer) return void response.writeHead(404).end()
    answer().then(
      (value) => response.end(JSON.stringify(value)),
      (error: Error) => response.writeHead(500).end(error.stack),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  return {
    url: `http://127.0.0.1:${port}`,
    async stop() {
      server.closeAllConnections()
      server.close()
      await Promise.all(stops.map((stop) => stop()))
      rmSync(scratch, { recursive: true, force: true })
    },
  }
}

async function migrateTemplate(server: PostgresServer): Promise<void> {
  await server.createDatabase(template)
  const { migrate } = await import('../../db/migrate.ts')
  await migrate(server.urlOf(template))
}

function once<T>(start: () => Promise<T>): () => Promise<T> {
  let started: Promise<T> | undefined
  return () => {
    started ??= start()
    return started
  }
}
