// A DNS server (RFC 1035 over UDP) that answers from a table, which a test may change at any time.
import { createSocket } from 'node:dgram'
import type { AddressInfo } from 'node:net'

export type DnsRecord =
  | { type: 'A'; address: string }
  | { type: 'MX'; priority: number; host: string }
  | { type: 'SRV'; priority: number; weight: number; port: number; host: string }

export interface DnsServer {
  /** For `NetPolicy.dnsServers`. */
  readonly address: string
  /** Records by name; a name that is not there does not exist. */
  readonly zone: Map<string, DnsRecord[]>
  /** Questions in the order they came, as `TYPE name`. */
  readonly asked: string[]
  /** `dead`: answers nothing; `ill`: answers SERVFAIL. */
  mode: 'well' | 'ill' | 'dead'
  close(): void
}

export async function startDns(records: Record<string, DnsRecord[]> = {}): Promise<DnsServer> {
  const socket = createSocket('udp4')
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve))
  const server: DnsServer = {
    address: `127.0.0.1:${(socket.address() as AddressInfo).port}`,
    zone: new Map(Object.entries(records)),
    asked: [],
    mode: 'well',
    close: () => socket.close(),
  }
  socket.on('message', (query, client) => {
    const { name, type, end } = questionOf(query)
    server.asked.push(`${TYPES[type] ?? type} ${name}`)
    if (server.mode === 'dead') return
    const known = server.zone.get(name)
    const wanted = (known ?? []).filter((record) => record.type === TYPES[type])
    const rcode = server.mode === 'ill' ? SERVFAIL : known === undefined ? NXDOMAIN : 0
    const head = Buffer.alloc(12)
    query.copy(head, 0, 0, 2)
    head.writeUInt16BE(0x8180 | rcode, 2)
    head.writeUInt16BE(1, 4)
    head.writeUInt16BE(rcode === 0 ? wanted.length : 0, 6)
    const answers = rcode === 0 ? wanted.map((record) => answerOf(record, type)) : []
    socket.send(Buffer.concat([head, query.subarray(12, end), ...answers]), client.port)
  })
  return server
}

const TYPES: Record<number, string> = { 1: 'A', 15: 'MX', 28: 'AAAA', 33: 'SRV' }
const SERVFAIL = 2
const NXDOMAIN = 3

function questionOf(query: Buffer): { name: string; type: number; end: number } {
  const labels: string[] = []
  let at = 12
  for (let length = query[at]!; length > 0; length = query[at]!) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length))
    at += 1 + length
  }
  // c-ares mixes the case of names against forged answers.
  return { name: labels.join('.').toLowerCase(), type: query.readUInt16BE(at + 1), end: at + 5 }
}

function answerOf(record: DnsRecord, type: number): Buffer {
  const data = dataOf(record)
  const head = Buffer.alloc(12)
  // A pointer to the name in the question, then type, class IN, TTL 0.
  head.writeUInt16BE(0xc00c, 0)
  head.writeUInt16BE(type, 2)
  head.writeUInt16BE(1, 4)
  head.writeUInt16BE(data.length, 10)
  return Buffer.concat([head, data])
}

function dataOf(record: DnsRecord): Buffer {
  if (record.type === 'A') return Buffer.from(record.address.split('.').map(Number))
  const numbers =
    record.type === 'MX' ? [record.priority] : [record.priority, record.weight, record.port]
  const fixed = Buffer.alloc(numbers.length * 2)
  for (const [at, number] of numbers.entries()) fixed.writeUInt16BE(number, at * 2)
  return Buffer.concat([fixed, nameOf(record.host)])
}

function nameOf(host: string): Buffer {
  const labels = host.split('.').filter(Boolean)
  const parts = labels.map((label) => Buffer.from([label.length, ...Buffer.from(label)]))
  return Buffer.concat([...parts, Buffer.from([0])])
}
