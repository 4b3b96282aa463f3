// Starts programs, reads their output by line and ends them by pid: politely, then for certain.
// No child outlives this process, however it ends.
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { accessSync } from 'node:fs'
import { connect } from 'node:net'
import { delimiter, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'

export type Log = (line: string) => void

export interface Child {
  readonly pid: number
  /** Undefined while it runs; afterwards how it ended, in words. */
  readonly ended: string | undefined
  /** Resolves when it is gone, whoever ended it. */
  readonly gone: Promise<void>
  /** The last lines it printed, for error messages. */
  lastLines(): string
  /** Ends it and waits until it is gone. */
  stop(signal?: NodeJS.Signals): Promise<void>
}

export interface ChildOptions {
  log?: Log | undefined
  uid?: number | undefined
  gid?: number | undefined
  cwd?: string
  env?: NodeJS.ProcessEnv
  /** The program's own polite way to be asked to end; SIGTERM unless said otherwise. */
  stopSignal?: NodeJS.Signals
  /** How long it may take to end politely. */
  graceMs?: number
}

const lastLinesKept = 30
const defaultGraceMs = 15_000
const running = new Map<ChildProcess, NodeJS.Signals>()

/** @throws Error when the program cannot be started at all. */
export async function startChild(
  file: string,
  args: string[],
  options: ChildOptions = {},
): Promise<Child> {
  const stopSignal = options.stopSignal ?? 'SIGTERM'
  const [program, programArgs] = endingWithUs(file, args, stopSignal)
  const child = spawn(program, programArgs, {
    cwd: options.cwd,
    env: options.env ?? process.env,
    ...(options.uid === undefined ? {} : { uid: options.uid }),
    ...(options.gid === undefined ? {} : { gid: options.gid }),
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own: Ctrl-C in a terminal must reach us alone, or the database would be gone
    // before the programs that still want to write to it.
    detached: true,
  })
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve)
    child.once('error', reject)
  })
  return watched(child, file, stopSignal, options)
}

function watched(
  child: ChildProcess,
  file: string,
  stopSignal: NodeJS.Signals,
  { log, graceMs = defaultGraceMs }: ChildOptions,
): Child {
  const lines: string[] = []
  let ended: string | undefined
  endWithThisProcess()
  running.set(child, stopSignal)
  const exited = new Promise<void>((resolve) =>
    child.once('exit', (code, signal) => {
      running.delete(child)
      ended = `${file} ended with ${signal ?? `exit code ${code}`}`
      resolve()
    }),
  )
  const keep = (line: string) => {
    lines.push(line)
    if (lines.length > lastLinesKept) lines.shift()
    log?.(line)
  }
  byLine(child.stdout, keep)
  byLine(child.stderr, keep)
  return {
    pid: child.pid!,
    get ended() {
      return ended
    },
    gone: exited,
    lastLines: () => lines.join('\n'),
    async stop(signal = stopSignal) {
      if (ended) return
      child.kill(signal)
      const lastResort = setTimeout(() => child.kill('SIGKILL'), graceMs)
      await exited
      clearTimeout(lastResort)
    },
  }
}

/**
 * Waits until `ready` answers true, and fails at once when the program ends before.
 * @throws Error with the program's last lines.
 */
export async function untilReady(
  child: Child,
  what: string,
  ready: () => Promise<boolean>,
  timeoutMs = 60_000,
): Promise<void> {
  const deadline = Date.now() + timeoutMs
  for (;;) {
    if (child.ended) throw new Error(`${what} did not start: ${child.ended}\n${child.lastLines()}`)
    if (await ready().catch(() => false)) return
    if (Date.now() > deadline) {
      await child.stop()
      const patience = `${timeoutMs / 1000} seconds`
      throw new Error(`${what} did not answer within ${patience}\n${child.lastLines()}`)
    }
    await sleep(25)
  }
}

/** True when something accepts connections there. */
export function accepts(port: number, host = '127.0.0.1'): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host })
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}

/**
 * Runs a program to its end.
 * @returns what it printed. @throws Error with what it printed to stderr when it fails.
 */
export async function run(file: string, args: string[], options: ChildOptions = {}) {
  const { stdout } = await promisify(execFile)(file, args, {
    maxBuffer: 16 << 20,
    cwd: options.cwd,
    env: options.env ?? process.env,
    ...(options.uid === undefined ? {} : { uid: options.uid }),
    ...(options.gid === undefined ? {} : { gid: options.gid }),
  })
  return stdout
}

/** Where the program is on PATH, if it is. */
export function onPath(name: string): string | undefined {
  // Servers live in sbin, which an ordinary user's PATH often lacks.
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin']
  return folders.map((folder) => join(folder, name)).find(exists)
}

function exists(path: string): boolean {
  try {
    accessSync(path)
    return true
  } catch {
    return false
  }
}

// Linux can end a child when its parent dies, even by SIGKILL, when no handler of ours runs.
let setpriv: { path: string | undefined } | undefined
function endingWithUs(file: string, args: string[], signal: string): [string, string[]] {
  if (process.platform !== 'linux') return [file, args]
  setpriv ??= { path: onPath('setpriv') }
  if (!setpriv.path) return [file, args]
  return [setpriv.path, ['--pdeathsig', signal.replace(/^SIG/, ''), '--', file, ...args]]
}

let watchingExit = false
function endWithThisProcess(): void {
  if (watchingExit) return
  watchingExit = true
  process.on('exit', () => {
    for (const [child, signal] of running) child.kill(signal)
  })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      // Whoever else listens wants to end in an order of their own; the exit hook does the rest.
      if (process.listenerCount(signal) === 1) process.exit(signal === 'SIGINT' ? 130 : 143)
    })
  }
}

function byLine(stream: NodeJS.ReadableStream | null, keep: Log): void {
  if (!stream) return
  let rest = ''
  stream.setEncoding('utf8')
  stream.on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) keep(line.trimEnd())
  })
  stream.on('end', () => {
    if (rest) keep(rest)
  })
}
