// Open streams of visitors on one API process while agents answer at a steady rate:
// node bench/sse.ts [--streams 2000] [--rate 50] [--seconds 60]
import { Agent, type ClientRequest, request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { hashSessionToken, newSessionToken } from '../api/visitor-auth.ts'
import { insertWidgetSession } from '../db/widget-sessions.ts'
import { beginConversation } from '../messaging/write-as-visitor.ts'
import { peakRssMb, quantile, rounded } from './measure.ts'
import { openWidgetApi } from './widget-api.ts'

const { values } = parseArgs({
  options: {
    streams: { type: 'string', default: '2000' },
    rate: { type: 'string', default: '50' },
    seconds: { type: 'string', default: '60' },
  },
})
const [count, perSecond, seconds] = [values.streams, values.rate, values.seconds].map(Number) as [
  number,
  number,
  number,
]

interface Visitor {
  token: string
  conversationId: number
}

const api = await openWidgetApi()
console.log(`${count} visitors begin a conversation each`)
const visitors: Visitor[] = []
const nextVisitor = async () => {
  for (let at = visitors.length; at < count; at = visitors.length) visitors.push(await begin())
}
await Promise.all(Array.from({ length: 8 }, nextVisitor))
visitors.length = count

const sentAt = new Map<string, number>()
const heardAt = new Map<string, number>()
let doubled = 0
let ended = 0
const agent = new Agent({ keepAlive: false, maxSockets: Number.POSITIVE_INFINITY })
const streams: ClientRequest[] = []
console.log('Their streams are opened')
for (let at = 0; at < count; at += 50) {
  await Promise.all(visitors.slice(at, at + 50).map(open))
}

console.log(`Agents answer ${perSecond} times a second for ${seconds} s`)
const answers: Promise<unknown>[] = []
const start = performance.now()
for (let n = 0; n < perSecond * seconds; n++) {
  await sleep(Math.max(0, start + (n * 1000) / perSecond - performance.now()))
  const content = `answer ${n}`
  const { conversationId } = visitors[(n * 37) % count]!
  sentAt.set(content, performance.now())
  answers.push(api.call('POST', `/conversations/${conversationId}/messages`, { content }))
}
await Promise.all(answers)
const deadline = Date.now() + 60_000
while (heardAt.size < sentAt.size && Date.now() < deadline) await sleep(100)

const delays = [...heardAt].map(([content, at]) => at - sentAt.get(content)!)
const rss_mb = rounded(peakRssMb(api.pid))
const ended_streams = ended
for (const stream of streams) stream.destroy()
agent.destroy()
await api.stop()
console.log(
  JSON.stringify({
    streams: count,
    messages_per_s: perSecond,
    messages: sentAt.size,
    p50_ms: rounded(quantile(delays, 0.5)),
    p95_ms: rounded(quantile(delays, 0.95)),
    max_ms: rounded(Math.max(...delays)),
    rss_mb,
    lost: sentAt.size - heardAt.size,
    doubled,
    ended_streams,
  }),
)

/** In the database: the API takes 300 new sessions a minute from one address. */
async function begin(): Promise<Visitor> {
  const token = newSessionToken()
  const session = await insertWidgetSession(api.db, {
    account_id: api.accountId,
    inbox_id: api.inboxId,
    token_hash: hashSessionToken(token),
    origin: 'https://shop.example',
  })
  const { conversationId } = await beginConversation(api.db, session, {
    message: { id: crypto.randomUUID(), content: 'Bom dia', files: [] },
    profile: {},
    conversationAttributes: {},
    several: false,
    now: new Date(),
  })
  return { token, conversationId }
}

/** Resolves when the stream answers; what it tells is noted from then on. */
function open({ token }: Visitor): Promise<void> {
  return new Promise((resolve, reject) => {
    const stream = request(
      `${api.url}/api/v1/widget/events`,
      { agent, headers: { authorization: `Bearer ${token}` } },
      (reply) => {
        if (reply.statusCode !== 200) return reject(new Error(`HTTP ${reply.statusCode}`))
        let text = ''
        reply.setEncoding('utf8')
        reply.on('data', (chunk: string) => {
          const blocks = (text + chunk).split('\n\n')
          text = blocks.pop()!
          for (const block of blocks) note(block)
        })
        reply.on('close', () => {
          ended += 1
        })
        resolve()
      },
    )
    stream.on('error', (error) => {
      if (!stream.destroyed) reject(error)
    })
    streams.push(stream)
    stream.end()
  })
}

function note(block: string): void {
  const data = /^data: (.*)$/m.exec(block)?.[1]
  const content = data && JSON.parse(data).message?.content
  if (!content || !sentAt.has(content)) return
  if (heardAt.has(content)) doubled += 1
  else heardAt.set(content, performance.now())
}
