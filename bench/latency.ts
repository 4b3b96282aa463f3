// From a mail's delivery to its event at a reader of the API, while other inboxes are on IDLE.
// node bench/latency.ts [--others 200] [--rate 20] [--seconds 60]
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { startChild, untilReady } from '../scripts/servers/child-process.ts'
import { freePort } from '../scripts/servers/ports.ts'
import { addresses, connectAll, manyHosts, usersOf } from './many-inboxes.ts'
import { quantile, rounded } from './measure.ts'
import { type Platform, root, startStack } from './stack.ts'

const { values } = parseArgs({
  options: {
    others: { type: 'string', default: '200' },
    rate: { type: 'string', default: '20' },
    seconds: { type: 'string', default: '60' },
  },
})
const [others, perSecond, seconds] = [values.others, values.rate, values.seconds].map(Number) as [
  number,
  number,
  number,
]
const all = addresses(others + 1)
const stack = await startStack({ users: usersOf(all), imap: manyHosts })
const platform = await stack.startPlatform()
console.log(`Connecting ${all.length} inboxes`)
const [inboxId] = await connectAll(stack, platform, all)
const api = await startApi(platform)
const seen = listen(api.url, platform)
await seen.open

console.log(`Delivering ${perSecond} mails a second for ${seconds} s`)
const deliveredAt = new Map<string, number>()
const start = performance.now()
for (let n = 0; n < perSecond * seconds; n++) {
  await sleep(Math.max(0, start + (n * 1000) / perSecond - performance.now()))
  const { id, raw } = mail(n)
  deliveredAt.set(id, performance.now())
  stack.dovecot.deliver(all[0]!, raw)
}
const deadline = Date.now() + 60_000
while (seen.at.size < deliveredAt.size) {
  if (Date.now() > deadline) throw new Error(`${deliveredAt.size - seen.at.size} mails never came`)
  await sleep(100)
}
seen.close()

const rows = await platform.db
  .selectFrom('messages')
  .select(['id', 'source_id'])
  .where('inbox_id', '=', inboxId!)
  .where('direction', '=', 'incoming')
  .execute()
const delays = rows.map(({ id, source_id }) => seen.at.get(id)! - deliveredAt.get(source_id!)!)
if (delays.length !== deliveredAt.size) throw new Error(`${delays.length} mails were stored`)
await api.stop()
await platform.stop()
await stack.stop()
console.log(
  JSON.stringify({
    messages: delays.length,
    other_inboxes: others,
    mails_per_s: perSecond,
    p50_ms: rounded(quantile(delays, 0.5)),
    p95_ms: rounded(quantile(delays, 0.95)),
    max_ms: rounded(Math.max(...delays)),
  }),
)

/** Every second mail answers the one before it; fifty customers write. */
function mail(n: number): { id: string; raw: string } {
  const idOf = (number: number) => `latency-${number}@clientes.example`
  const answered = n % 2 === 1
  const lines = [
    `From: Cliente ${n % 50} <cliente-${n % 50}@clientes.example>`,
    `To: <${all[0]}>`,
    `Subject: ${answered ? 'Re: ' : ''}Pedido ${n - (n % 2)}`,
    `Date: ${new Date().toUTCString()}`,
    `Message-ID: <${idOf(n)}>`,
    ...(answered ? [`In-Reply-To: <${idOf(n - 1)}>`] : []),
    'Content-Type: text/plain; charset=utf-8',
    '',
    'Bom dia, gostaria de saber do meu pedido. '.repeat(20),
    '',
  ]
  return { id: idOf(n), raw: lines.join('\r\n') }
}

async function startApi({ environment }: Platform) {
  const port = await freePort()
  const env = { ...environment, PORT: String(port) }
  const child = await startChild(process.execPath, ['api/main.ts'], { cwd: root, env })
  const url = `http://127.0.0.1:${port}`
  await untilReady(child, 'The API', async () => (await fetch(`${url}/health/ready`)).ok)
  return { url, stop: () => child.stop() }
}

/** When each message's event arrived, by message id, as a console listens. */
function listen(url: string, { accountId, adminKey }: Platform) {
  const leave = new AbortController()
  const at = new Map<number, number>()
  const events = fetch(`${url}/api/v1/accounts/${accountId}/events`, {
    headers: { api_access_token: adminKey },
    signal: leave.signal,
  })
  const read = async () => {
    let text = ''
    for await (const chunk of (await events).body!.pipeThrough(new TextDecoderStream())) {
      const now = performance.now()
      const whole = (text + chunk).split('\n\n')
      text = whole.pop()!
      for (const event of whole) {
        const data = /^data: (.*)$/m.exec(event)?.[1]
        for (const id of data ? (JSON.parse(data).message_ids ?? []) : []) {
          if (!at.has(id)) at.set(id, now)
        }
      }
    }
  }
  read().catch((error) => {
    if (!leave.signal.aborted) throw error
  })
  return { at, open: events, close: () => leave.abort() }
}
