// A real S3 server of our own: the Versity gateway over a directory, run in the foreground.
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { accepts, type Log, onPath, run, startChild, untilReady } from './child-process.ts'
import { freePort } from './ports.ts'
import { cacheDir } from './temporal-binaries.ts'

export interface S3Server {
  readonly endpoint: string
  readonly region: string
  readonly credentials: { accessKeyId: string; secretAccessKey: string }
  stop(): Promise<void>
}

const program = 'versitygw'
const version = 'v1.8.0'
const source = `github.com/versity/versitygw/cmd/versitygw@${version}`

/**
 * The path of the gateway: on PATH, else built once by Go and kept in the cache, which takes two or
 * three minutes the first time.
 * @throws Error naming how to get it.
 */
export async function findGateway(log?: Log): Promise<string> {
  const found = ready()
  if (found) return found
  const go = compiler()
  if (!go)
    throw new Error(`${program} is missing: install it, or Go 1.24 or newer to build it here`)
  log?.(`Building ${program} ${version}`)
  // Two processes may do this at once: each works in a folder of its own, the last rename wins.
  const work = join(cacheDir, `building-${program}-${process.pid}`)
  mkdirSync(work, { recursive: true })
  try {
    await run(go, ['install', source], { env: { ...process.env, GOBIN: work } })
    renameSync(join(work, program), kept)
    return kept
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

/** Whether this machine has the gateway, or what builds it. */
export const canHaveGateway = (): boolean => (ready() ?? compiler()) !== undefined

const kept = join(cacheDir, `${program}-${version}`)
const ready = () => onPath(program) ?? (existsSync(kept) ? kept : undefined)
const compiler = () =>
  onPath('go') ?? (existsSync('/usr/local/go/bin/go') ? '/usr/local/go/bin/go' : undefined)

/** `dir` keeps the objects; each bucket is a folder that exists before its first use. */
export async function startS3({
  dir,
  buckets,
  log,
}: {
  dir: string
  buckets: string[]
  log?: Log
}): Promise<S3Server> {
  const file = await findGateway(log)
  for (const bucket of buckets) mkdirSync(join(dir, 'objects', bucket), { recursive: true })
  mkdirSync(join(dir, 'metadata'), { recursive: true })
  const port = await freePort()
  const credentials = { accessKeyId: 'inboxes', secretAccessKey: 'a secret of the store' }
  const args = ['--port', `127.0.0.1:${port}`, '--quiet', 'posix']
  // Beside the objects: not every file system has extended attributes.
  args.push('--sidecar', join(dir, 'metadata'), join(dir, 'objects'))
  const child = await startChild(file, args, {
    log,
    env: {
      ...process.env,
      ROOT_ACCESS_KEY_ID: credentials.accessKeyId,
      ROOT_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    },
  })
  await untilReady(child, program, () => accepts(port))
  return {
    endpoint: `http://127.0.0.1:${port}`,
    region: 'us-east-1',
    credentials,
    stop: () => child.stop(),
  }
}
