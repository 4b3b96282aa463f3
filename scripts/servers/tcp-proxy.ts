// A TCP proxy that makes a near server far, cuts its connections or refuses new ones.
import { connect, createServer, type Socket } from 'node:net'

export interface TcpProxy {
  readonly host: '127.0.0.1'
  readonly port: number
  /** Connections open now. */
  readonly connections: number
  /** Drops every open connection without a goodbye. */
  cut(): void
  /** While true new connections are dropped as soon as they are made. */
  refuse(refusing: boolean): void
  /** While true nothing passes in either direction, and nobody is told. */
  stall(stalling: boolean): void
  stop(): Promise<void>
}

// Enough for 50 ms of a fast link, little enough for memory figures to stay true.
const maxBytesUnderWay = 16 << 20

/** `delayMs` is the round trip added: half of it each way, without limiting what is under way. */
export async function startProxy(options: {
  target: { host?: string; port: number }
  delayMs?: number
  port?: number
}): Promise<TcpProxy> {
  const { target, delayMs = 0 } = options
  const pairs = new Set<[Socket, Socket]>()
  let refusing = false
  let stalling = false

  const server = createServer((near) => {
    if (refusing) return near.resetAndDestroy()
    const far = connect({ host: target.host ?? '127.0.0.1', port: target.port })
    const pair: [Socket, Socket] = [near, far]
    pairs.add(pair)
    for (const socket of pair) {
      socket.setNoDelay(true)
      socket.on('error', () => {
        near.destroy()
        far.destroy()
      })
      socket.on('close', () => pairs.delete(pair))
      if (stalling) socket.pause()
    }
    delayed(near, far, delayMs / 2, () => !stalling)
    delayed(far, near, delayMs / 2, () => !stalling)
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port ?? 0, '127.0.0.1', resolve)
  })
  const address = server.address()
  const cut = () => {
    for (const [near, far] of pairs) {
      near.resetAndDestroy()
      far.destroy()
    }
  }
  return {
    host: '127.0.0.1',
    port: typeof address === 'object' && address ? address.port : 0,
    get connections() {
      return pairs.size
    },
    cut,
    refuse: (value) => {
      refusing = value
    },
    stall(value) {
      stalling = value
      for (const socket of [...pairs].flat()) value ? socket.pause() : socket.resume()
    },
    async stop() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      cut()
      await closed
    },
  }
}

/** Each chunk leaves `delay` after it came, in order, however many are under way. */
function delayed(from: Socket, to: Socket, delay: number, flows: () => boolean): void {
  let underWay = 0
  const later = (act: () => void) => {
    if (delay > 0) setTimeout(act, delay)
    else act()
  }
  from.on('data', (chunk) => {
    underWay += chunk.length
    if (underWay > maxBytesUnderWay) from.pause()
    later(() => {
      const passOn = () => {
        underWay -= chunk.length
        if (underWay <= maxBytesUnderWay / 2 && from.isPaused() && flows()) from.resume()
      }
      if (to.writable) to.write(chunk, passOn)
    })
  })
  from.on('end', () => later(() => to.writable && to.end()))
  from.on('close', () => later(() => to.destroySoon()))
}
