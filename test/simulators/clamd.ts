// ClamAV's daemon as its clients see it: INSTREAM alone, one signature, and a limit.
import { type AddressInfo, createServer, type Socket } from 'node:net'

/** What every scanner takes for malware, and nobody is harmed by; never whole in a source file. */
export const EICAR = [
  'X5O!P%@AP[4\\PZX54(P^)7CC)7}$',
  'EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*',
].join('')

export interface ClamdSimulator {
  readonly address: string
  /** Bytes of every file it looked at. */
  readonly scanned: number[]
  close(): void
}

export async function startClamd({ maxBytes = 25_000_000 } = {}): Promise<ClamdSimulator> {
  const scanned: number[] = []
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    const say = (answer: string) => socket.end(`${answer}\0`)
    const parts: Buffer[] = []
    let heard = Buffer.alloc(0)
    let greeted = false
    socket.on('data', (chunk) => {
      heard = Buffer.concat([heard, chunk])
      if (!greeted) {
        const end = heard.indexOf(0)
        if (end === -1) return
        if (heard.subarray(0, end).toString() !== 'zINSTREAM') return say('UNKNOWN COMMAND')
        greeted = true
        heard = heard.subarray(end + 1)
      }
      while (heard.length >= 4 && heard.length >= 4 + heard.readUInt32BE()) {
        const size = heard.readUInt32BE()
        parts.push(heard.subarray(4, 4 + size))
        heard = heard.subarray(4 + size)
        const bytes = parts.reduce((sum, part) => sum + part.length, 0)
        if (bytes > maxBytes) return say('INSTREAM size limit exceeded. ERROR')
        if (size > 0) continue
        scanned.push(bytes)
        const infected = Buffer.concat(parts).includes(EICAR)
        return say(infected ? 'stream: Eicar-Test-Signature FOUND' : 'stream: OK')
      }
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    scanned,
    close() {
      for (const socket of sockets) socket.destroy()
      server.close()
    },
  }
}
