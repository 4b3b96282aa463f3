// Runs one of the product's programs as a process of its own: its log in a file, its warnings on
// the terminal, started again when it dies.
import { appendFileSync, mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Child, startChild, untilReady } from '../servers/child-process.ts'
import { repositoryDir } from './repository-dir.ts'

export interface ProgramOptions {
  /** `worker` or `api`, as people read it. */
  name: string
  /** Path of the program in the repository. */
  file: string
  env: Record<string, string | undefined>
  logFile: string
  /** Asked again and again until true; gets the lines printed so far. */
  ready: (lines: readonly string[]) => boolean | Promise<boolean>
  /** Sees each line first; true keeps it out of the log file. */
  intercept?: (line: string) => boolean
  say: (line: string) => void
}

export interface Program {
  readonly pid: number
  stop(): Promise<void>
}

/** Sends in flight get a minute from the worker itself. */
const GRACE_MS = 65_000
/** A program that dies this often in a row has a fault that another start does not mend. */
const MAX_DEATHS = 5
const LIVED_MS = 60_000

/** @throws Error with the program's last lines when it does not get ready. */
export async function startProgram(options: ProgramOptions): Promise<Program> {
  const { name, file, env, logFile, say } = options
  mkdirSync(dirname(logFile), { recursive: true })
  let stopping = false
  let startedAt = 0
  let deaths = 0
  let child = await start()
  void supervise()

  async function start(): Promise<Child> {
    const lines: string[] = []
    // Until then its last lines are in the error.
    let isReady = false
    startedAt = Date.now()
    const started = await startChild(process.execPath, [file], {
      cwd: repositoryDir,
      env,
      graceMs: GRACE_MS,
      log(line) {
        if (options.intercept?.(line)) return
        lines.push(line)
        appendFileSync(logFile, `${line}\n`)
        const warning = warningIn(line)
        if (warning && isReady) say(`${name}: ${warning}`)
      },
    })
    await untilReady(started, `The ${name}`, async () => options.ready(lines))
    isReady = true
    return started
  }

  async function supervise(): Promise<void> {
    for (;;) {
      await child.gone
      if (stopping) return
      deaths = Date.now() - startedAt > LIVED_MS ? 1 : deaths + 1
      say(`The ${name} died (${child.ended}).`)
      if (deaths >= MAX_DEATHS) return say(`The ${name} stays down. Its log: ${logFile}`)
      await sleep(1_000)
      if (stopping) return
      try {
        child = await start()
        say(`The ${name} runs again.`)
      } catch (error) {
        say((error as Error).message)
      }
    }
  }

  return {
    get pid() {
      return child.pid
    },
    async stop() {
      stopping = true
      await child.stop()
    },
  }
}

/** What a person at the terminal should see of a log line; the rest is in the file. */
export function warningIn(line: string): string | undefined {
  if (!line.startsWith('{')) return line === '' ? undefined : line
  try {
    const { level, msg, error, activityType, workflowId } = JSON.parse(line)
    if (typeof level !== 'number' || level < 40) return undefined
    const where = activityType && `${activityType} of ${workflowId}`
    const why = typeof error === 'string' ? error : error?.message
    return [msg, where, why].filter((part) => typeof part === 'string').join(': ')
  } catch {
    return line
  }
}
