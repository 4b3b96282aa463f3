// A program that answers over HTTP, as a process of its own.
import { join } from 'node:path'
import { type Child, startChild, untilReady } from '../scripts/servers/child-process.ts'
import { freePort } from '../scripts/servers/ports.ts'

export interface ServerProgram {
  port: number
  child: Child
}

/** Resolves once it answers. */
export async function startServer(program: string, env: NodeJS.ProcessEnv): Promise<ServerProgram> {
  const port = await freePort()
  const child = await startChild(process.execPath, [program], {
    cwd: join(import.meta.dirname, '..'),
    env: { ...process.env, PORT: String(port), LOG_LEVEL: 'warn', ...env },
    log: (line) => void (/rror/.test(line) && console.log(line.slice(0, 300))),
  })
  await untilReady(child, program, () =>
    fetch(`http://127.0.0.1:${port}/health/live`).then(
      () => true,
      () => false,
    ),
  )
  return { port, child }
}
