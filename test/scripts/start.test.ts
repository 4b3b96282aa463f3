// `npm start` as a newcomer runs it: what it prints, what it survives, what it says when it cannot.
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { freePort } from '../../scripts/servers/ports.ts'
import { waitFor } from '../support/wait-for.ts'

const root = join(import.meta.dirname, '../..')
const dataDir = mkdtempSync(join(tmpdir(), 'start-test-'))
let env: Record<string, string>

beforeAll(async () => {
  env = { PATH: process.env.PATH!, HOME: process.env.HOME ?? '/', DATA_DIR: dataDir }
  // Empty, so that an .env of the checkout decides nothing here.
  for (const name of ['DATABASE_URL', 'TEMPORAL_ADDRESS', 'ENCRYPTION_KEYS']) env[name] = ''
  for (const name of ['PORT', 'TEMPORAL_PORT', 'TEMPORAL_UI_PORT']) {
    env[name] = String(await freePort())
  }
})
afterAll(() => rmSync(dataDir, { recursive: true, force: true }))

function start(more: Record<string, string> = {}) {
  const child = spawn(process.execPath, ['scripts/start.ts'], {
    cwd: root,
    env: { ...env, ...more },
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  const run = { child, text: '', ended: ended(child) }
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      run.text += chunk
    })
  }
  return run
}
const ended = (child: ChildProcess) =>
  new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)))

const said = (run: { text: string; child: ChildProcess }, what: string | RegExp) =>
  waitFor(() => run.text.match(what), { what: String(what) }).catch((error) => {
    throw new Error(`${error.message}\n${run.text}`)
  })

test('the platform starts from nothing, survives its worker, ends politely and goes on later', async () => {
  const first = start()
  const [, key] = await said(first, /Administrator key, shown only now: (\S+)/)
  await said(first, 'Ctrl-C stops everything')
  const [, account] = first.text.match(/API +(http\S+)/)!
  const ask = () => fetch(`${account}/inboxes`, { headers: { api_access_token: key! } })
  expect((await ask()).status).toBe(200)
  expect((await fetch(`http://localhost:${env.PORT}/docs/`)).ok).toBe(true)
  expect((await fetch(first.text.match(/Temporal UI +(http\S+)/)![1]!)).ok).toBe(true)

  // Secrets: for their owner only, and not in any log.
  for (const name of ['encryption-keys', 'environment']) {
    expect(statSync(join(dataDir, name)).mode & 0o777).toBe(0o600)
  }
  const logs = readdirSync(join(dataDir, 'logs')).map((name) => join(dataDir, 'logs', name))
  expect(logs.map((file) => readFileSync(file, 'utf8')).join('')).not.toContain(key)

  const temporalCli = async (...args: string[]) => {
    const own = { PATH: env.PATH!, HOME: env.HOME!, DATA_DIR: dataDir }
    const program = [join(root, 'scripts/temporal.ts'), ...args]
    return (await promisify(execFile)(process.execPath, program, { env: own })).stdout
  }
  await waitFor(async () => /Running +watchdog/.test(await temporalCli('workflow', 'list')), {
    what: 'the watchdog on the command line',
    everyMs: 500,
  })

  const second = start()
  expect(await second.ended).toBe(1)
  expect(second.text).toContain(`already runs from ${dataDir}`)

  const [, worker] = await said(first, /Worker +process (\d+)/)
  process.kill(Number(worker), 'SIGKILL')
  await said(first, 'The worker died')
  await said(first, 'The worker runs again.')

  first.child.kill('SIGINT')
  expect(await first.ended).toBe(0)
  expect(first.text).toContain('Stopped.')

  const again = start()
  await said(again, 'Ctrl-C stops everything')
  expect(again.text).not.toContain('Administrator key')
  expect((await ask()).status).toBe(200)
  again.child.kill('SIGTERM')
  expect(await again.ended).toBe(0)
}, 180_000)

test('it says which server cannot be reached, and what to do', async () => {
  const nowhere = await freePort()
  const [database, temporal] = [
    start({ DATABASE_URL: `postgres://nobody@127.0.0.1:${nowhere}/none` }),
    start({ TEMPORAL_ADDRESS: `127.0.0.1:${nowhere}`, DATA_DIR: join(dataDir, 'other') }),
  ]
  expect(await Promise.all([database.ended, temporal.ended])).toEqual([1, 1])
  expect(database.text).toContain('DATABASE_URL cannot be used')
  expect(temporal.text).toContain(`Temporal at 127.0.0.1:${nowhere} cannot be reached`)
}, 120_000)
