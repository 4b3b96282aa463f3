// The programs as Compose runs them: from what the image holds, with the commands and environments
// of docker-compose.yml. Only hosts, ports and folders are those of this machine.
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import postgres from 'postgres'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { freePort } from '../../scripts/servers/ports.ts'
import { startTemporal, type TemporalServer } from '../../scripts/servers/temporal.ts'
import { sharedCluster } from '../support/shared-servers.ts'
import { waitFor } from '../support/wait-for.ts'
import { environmentOf, readComposeFile, root } from './compose-file.ts'
import { imageEnvironment, layOutImage } from './image.ts'

const run = promisify(execFile)
const { services, secrets } = readComposeFile()
const dir = mkdtempSync(join(tmpdir(), 'compose-'))
const app = join(dir, 'app')
const ports: Record<string, number> = {}
let temporal: TemporalServer
let database: { name: string; owner: string; host: string; admin: postgres.Sql }
const started: ChildProcess[] = []

beforeAll(async () => {
  ;[temporal] = await Promise.all([startTemporal(), layOutImage(app), makeSecrets()])
  for (const name of ['api', 'worker']) ports[name] = await freePort()
  const { adminUrl } = await sharedCluster()
  const admin = postgres(adminUrl, { max: 1 })
  // Names are shared by the whole cluster: other tests' databases are in it too.
  const name = `compose_${process.pid}`
  const password = readFileSync(join(dir, 'secrets/cloudchat_password'), 'utf8').trim()
  await admin.unsafe(`create role ${name} login password '${password}'`)
  await admin.unsafe(`create database ${name} owner ${name}`)
  database = { name, owner: name, host: new URL(adminUrl).host, admin }
})
afterAll(async () => {
  for (const child of started) child.kill('SIGKILL')
  await temporal?.stop()
  await database?.admin.unsafe(`drop database ${database.name} with (force)`)
  await database?.admin.unsafe(`drop role ${database.owner}`)
  await database?.admin.end()
  rmSync(dir, { recursive: true, force: true })
})

/** By the README's own lines. */
async function makeSecrets(): Promise<void> {
  const readme = readFileSync(join(root, 'README.md'), 'utf8')
  const [, lines] = /```sh\n(mkdir -m 700 secrets\n[\s\S]*?)```/.exec(readme)!
  await run('bash', ['-euc', lines!], { cwd: dir })
}

function environment(name: string): Record<string, string> {
  const here = (value: string) =>
    value
      .replace('cloudchat@postgres:5432/cloudchat', () =>
        [database.owner, '@', database.host, '/', database.name].join(''),
      )
      .replace('temporal:7233', temporal.address)
      .replace('/run/secrets', join(dir, 'secrets'))
      .replace('/var/lib/cloudchat', join(dir, 'storage'))
      .replace('/app/', `${app}/`)
  const given = { ...imageEnvironment(), ...environmentOf(services[name]!) }
  const entries = Object.entries(given).map(([key, value]) => [key, here(value)])
  const port = ports[name] ? { [name === 'api' ? 'PORT' : 'WORKER_PORT']: String(ports[name]) } : {}
  // A namespace of its own, so that there is something to set up.
  return { ...Object.fromEntries(entries), ...port, TEMPORAL_NAMESPACE: 'compose' }
}

const node = (words: string[]) => {
  expect(words[0]).toBe('node')
  return words.slice(1)
}
const once = (name: string) =>
  run(process.execPath, node(services[name]!.command!), { cwd: app, env: environment(name) })

function start(name: string) {
  const child = spawn(process.execPath, node(services[name]!.command!), {
    cwd: app,
    env: environment(name),
  })
  started.push(child)
  const program = {
    child,
    output: '',
    ended: new Promise<number | null>((resolve) => child.once('exit', resolve)),
  }
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      program.output += chunk
    })
  }
  return program
}

/** The health check, run as the engine runs it. */
const isHealthy = (name: string) => {
  const { test } = services[name]!.healthcheck!
  return run(process.execPath, node(test.slice(1)), { cwd: app, env: environment(name) }).then(
    () => true,
    () => false,
  )
}

test('the README makes every secret that the file wants, readable to the containers alone', () => {
  for (const { file } of Object.values(secrets)) {
    expect(readFileSync(join(dir, file), 'utf8').trim()).not.toBe('')
    expect(statSync(join(dir, file)).mode & 0o777).toBe(0o444)
  }
  expect(statSync(join(dir, 'secrets')).mode & 0o777).toBe(0o700)
})

test('the one-shot services do their work, and nothing the second time', async () => {
  expect((await once('migrate')).stdout).toContain('Applied 0001')
  expect((await once('migrate')).stdout).toContain('Nothing to migrate')
  const first = (await once('temporal-setup')).stdout
  expect(first).toContain('Namespace compose is made, with a retention of 7 days')
  expect(first).toContain('Search attributes added: AccountId')
  expect((await once('temporal-setup')).stdout).toContain('The search attributes are there')
})

test('API and worker become healthy, serve, and end politely', async () => {
  expect(await isHealthy('api')).toBe(false)
  expect(await isHealthy('worker')).toBe(false)
  const programs = { api: start('api'), worker: start('worker') }
  for (const [name, program] of Object.entries(programs)) {
    await waitFor(() => isHealthy(name), { what: `${name} healthy` }).catch((error) => {
      throw new Error(`${error.message}\n${program.output}`)
    })
  }

  const key = readFileSync(join(dir, 'secrets/admin_api_key'), 'utf8').trim()
  const inboxes = `http://127.0.0.1:${ports.api}/api/v1/accounts/1/inboxes`
  expect((await fetch(inboxes, { headers: { api_access_token: key } })).status).toBe(200)
  const metrics = await (await fetch(`http://127.0.0.1:${ports.worker}/metrics`)).text()
  expect(metrics).toContain('cloudchat_worker_polling{queue="watch"} 1')

  for (const { child, ended, output } of Object.values(programs)) {
    expect(output).not.toContain(key)
    child.kill('SIGTERM')
    expect(await ended).toBe(0)
  }
})
