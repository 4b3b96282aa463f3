// The folder a copy of the platform keeps everything in: who uses it, keys for development, and
// the environment of its programs for whoever wants to run one more by hand.
import { randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export interface DataDir {
  readonly path: string
  /** Says where this copy is reached, for the message of a second start. */
  announce(url: string): void
  release(): void
}

/** @throws Error when another process has it, saying how to run a second copy. */
export function claimDataDir(path: string): DataDir {
  mkdirSync(path, { recursive: true })
  const file = join(path, 'running')
  for (const first of [true, false]) {
    try {
      writeFileSync(file, `${process.pid}\n`, { flag: 'wx' })
      break
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
      const [pid = '', url = 'still starting'] = readFileSync(file, 'utf8').split('\n')
      if (runs(Number(pid)) || !first) {
        throw new Error(
          `The platform already runs from ${path} (process ${pid}, ${url}).\n` +
            'End that one first, or run a second copy beside it: DATA_DIR=.data/second npm start',
        )
      }
      // Left by one that was killed.
      rmSync(file, { force: true })
    }
  }
  return {
    path,
    announce: (url) => writeFileSync(file, `${process.pid}\n${url}\n`),
    release: () => rmSync(file, { force: true }),
  }
}

/** ENCRYPTION_KEYS made once and kept, readable by their owner only. Never for production. */
export function developmentKeys(path: string): { keys: string; made: boolean } {
  const file = join(path, 'encryption-keys')
  try {
    return { keys: readFileSync(file, 'utf8').trim(), made: false }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
  const keys = `development:${randomBytes(32).toString('base64')}`
  writeFileSync(file, `${keys}\n`, { mode: 0o600, flag: 'wx' })
  return { keys, made: true }
}

/** For `node --env-file`. Holds secrets, hence the mode. */
export function writeEnvironment(path: string, values: Record<string, string>): string {
  const file = join(path, 'environment')
  rmSync(file, { force: true })
  const lines = Object.entries(values).map(([name, value]) => `${name}='${value}'`)
  writeFileSync(file, `${lines.join('\n')}\n`, { mode: 0o600 })
  return file
}

/** Process numbers are used again, after a reboot above all: the program must be a launcher too. */
function runs(pid: number): boolean {
  try {
    if (process.platform === 'linux') {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('scripts/')
    }
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
