// The programs as Compose runs them: from what the image holds, with the commands and environments
// of docker-compose.yml. Only hosts, ports and folders are those of this machine.
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import postgres from 'postgres'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { freePort } from '../../scripts/servers/ports.ts'
import { startTemporal, type TemporalServer } from '../../scripts/servers/temporal.ts'
import { type Mailbox, startMailbox } from '../support/mail-server.ts'
import { sharedCluster } from '../support/shared-servers.ts'
import { waitFor } from '../support/wait-for.ts'
import { environmentOf, exampleSettings, readComposeFile, root } from './compose-file.ts'
import { imageEnvironment, layOutImage } from './image.ts'

const run = promisify(execFile)
const readme = readFileSync(join(root, 'README.md'), 'utf8')
const { services, secrets } = readComposeFile()
const dir = mkdtempSync(join(tmpdir(), 'compose-'))
const app = join(dir, 'app')
const ports: Record<string, number> = {}
let temporal: TemporalServer
let mailbox: Mailbox
let database: { name: string; owner: string; host: string; admin: postgres.Sql }
const started: ChildProcess[] = []

beforeAll(async () => {
  ;[temporal, mailbox] = await Promise.all([
    startTemporal(),
    startMailbox(),
    layOutImage(app),
    makeSecrets(),
  ])
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
  await Promise.all([temporal?.stop(), mailbox?.stop()])
  await database?.admin.unsafe(`drop database ${database.name} with (force)`)
  await database?.admin.unsafe(`drop role ${database.owner}`)
  await database?.admin.end()
  rmSync(dir, { recursive: true, force: true })
})

/** By the README's own lines. */
async function makeSecrets(): Promise<void> {
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
  // As if .env.example had been copied to .env; what the file sets goes before it.
  const given = { ...imageEnvironment(), ...exampleSettings(), ...environmentOf(services[name]!) }
  const entries = Object.entries(given).map(([key, value]) => [key, here(value)])
  const port = ports[name] ? { [name === 'api' ? 'PORT' : 'WORKER_PORT']: String(ports[name]) } : {}
  return {
    ...Object.fromEntries(entries),
    ...port,
    // One of its own, so that there is something to set up.
    TEMPORAL_NAMESPACE: 'compose',
    ALLOW_HOSTS: '127.0.0.0/8',
  }
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
  const [how, ...words] = services[name]!.healthcheck!.test
  expect(how).toBe('CMD')
  const here = words.map((word) => word.replace('127.0.0.1:3000', `127.0.0.1:${ports[name]}`))
  return run(process.execPath, node(here), { cwd: app, env: environment(name) }).then(
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

test('API and worker become healthy, do what the README walks through, and end politely', async () => {
  expect(await isHealthy('api')).toBe(false)
  expect(await isHealthy('worker')).toBe(false)
  const programs = { api: start('api'), worker: start('worker') }
  for (const [name, program] of Object.entries(programs)) {
    await waitFor(() => isHealthy(name), { what: `${name} healthy`, timeoutMs: 30_000 }).catch(
      (error) => {
        throw new Error(`${error.message}\n${program.output}`)
      },
    )
  }
  expect((await once('promote')).stdout).toMatch(/^Version [\da-f]{16} is current$/m)
  const metrics = await (await fetch(`http://127.0.0.1:${ports.worker}/metrics`)).text()
  expect(metrics).toContain('cloudchat_worker_polling{queue="watch"} 1')

  mailbox.deliver('From: Eva <eva@customer.test>\r\nSubject: Hours\r\n\r\nWhen are you open?\r\n')
  const [connect, look, answer] = walk()
  const [checked, created] = await connect!()
  expect(checked).toMatchObject({ ok: true })
  expect(created).toMatchObject({ state: 'connecting' })
  const conversation = await waitFor(
    async () => {
      const [inbox, conversations] = await look!(`INBOX=${created.id}`)
      return inbox.state === 'active' && conversations.data[0]
    },
    { what: 'the imported conversation', everyMs: 500 },
  )
  const [said, messages] = await answer!(`CONVERSATION=${conversation.id}`)
  expect(messages.data[0]).toMatchObject({ id: said.id, content: 'Yes, from 9 to 14 h.' })
  const [mail] = await mailbox.smtp.waitFor(1)
  expect(mail!.raw.toString()).toContain('Yes, from 9 to 14 h.')

  for (const { child, ended, output } of Object.values(programs)) {
    expect(output).not.toContain(adminKey())
    child.kill('SIGTERM')
    expect(await ended).toBe(0)
  }
}, 120_000)

test('the lines that rotate the encryption keys seal every secret anew, once', async () => {
  const [rotate] = blocksOf('Rotate the encryption keys')
  expect(await bash(rotate!)).toMatch(/Sealed [1-9]\d* secrets/)
  const [newest, ...older] = readFileSync(join(dir, 'secrets/encryption_keys'), 'utf8').split(',')
  expect(newest).toMatch(/^\d{4}-\d\d-\d\d:/)
  expect(older).toHaveLength(1)
  const { stdout } = await run(process.execPath, ['db/rotate-keys.ts'], {
    cwd: app,
    env: environment('migrate'),
  })
  expect(stdout).toContain('Sealed 0 secrets')
})

test('the lines of backup and restore bring files back and wake what was under way', async () => {
  const file = join(dir, 'storage/storage/kept')
  mkdirSync(join(dir, 'storage/storage'), { recursive: true })
  writeFileSync(file, 'kept')
  // Of the two blocks; pg_dump and pg_restore have to be as new as the server, and are left out.
  const [backup, restore] = blocksOf('Backup and restore').map((lines) =>
    lines.replace(/^.*\bpg_(?:dump|restore)\b.*\n/gm, ''),
  )
  await bash(backup!)
  rmSync(file)
  expect(await bash(restore!)).toMatch(/^UPDATE [1-9]/m)
  expect(readFileSync(file, 'utf8')).toBe('kept')
})

/** The shell lines under a heading of docs/operations.md. */
function blocksOf(heading: string): string[] {
  const page = readFileSync(join(root, 'docs/operations.md'), 'utf8')
  const [, section] = page.split(`## ${heading}\n`)
  return [...section!.split('\n## ')[0]!.matchAll(/```sh\n([\s\S]*?)```/g)].map(
    ([, lines]) => lines!,
  )
}

async function bash(lines: string): Promise<string> {
  const bin = join(dir, 'bin')
  mkdirSync(bin, { recursive: true })
  copyFileSync(join(import.meta.dirname, 'docker-stand-in.sh'), join(bin, 'docker'))
  const { adminUrl } = await sharedCluster()
  const env = {
    ...environment('migrate'),
    PATH: [bin, dirname(process.execPath), process.env.PATH].join(delimiter),
    APP: app,
    VOLUME: join(dir, 'storage'),
    CLOUDCHAT_URL: Object.assign(new URL(adminUrl), { pathname: database.name }).href,
  }
  return (await run('bash', ['-euc', lines], { cwd: dir, env })).stdout
}

const adminKey = () => readFileSync(join(dir, 'secrets/admin_api_key'), 'utf8').trim()

/** The README's curl lines, in three parts: each answers what its calls printed. */
function walk() {
  const { address, password, imap, smtp } = mailbox
  const server = ({ port }: { port: number }) =>
    `"host": "127.0.0.1", "port": ${port}, "encryption": "none", "password": "${password}"`
  const [, block] = /```sh\n(API=[\s\S]*?)```/.exec(readme)!
  const mine = block!
    .replace('localhost:3000', `127.0.0.1:${ports.api}`)
    .replace('KEY=cc_...', `KEY=${adminKey()}`)
    .replace('support@shop.example', address)
    .replace('"host": "imap.shop.example", "password": "..."', server(imap))
    .replace('"host": "smtp.shop.example", "password": "..."', server(smtp))
  const begin = mine.indexOf('# Check it')
  const parts = mine.slice(begin).split(/^(?:INBOX|CONVERSATION)=1 .*\n/m)
  expect(parts).toHaveLength(3)
  return parts.map((part) => async (given = '') => {
    const script = [mine.slice(0, begin), given, part].join('\n')
    const { stdout } = await run('bash', ['-euc', script])
    return stdout
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line))
  })
}
