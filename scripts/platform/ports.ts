// The port people expect when it is free, so that links stay the same from run to run.
import { createServer } from 'node:net'
import { freePort } from '../servers/ports.ts'

/** `wanted` from the environment is taken as it is; else the usual port, else any free one. */
export async function portFor(wanted: string | undefined, usual: number): Promise<number> {
  if (wanted?.trim()) return Number(wanted)
  return (await isFree(usual)) ? usual : freePort()
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer()
    probe.once('error', () => resolve(false))
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)))
  })
}
