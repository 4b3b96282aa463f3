// Importing a whole mailbox, from Dovecot into conversations in Postgres, through the real workflow
// and a worker of its own; beside it, in the same run, the floor, mbsync, and ours 50 ms away.
// node bench/import.ts [--count 10000] [--seed 1] [--rounds 2] [--rtt 50] [--attachments 0.1]
//   [--attachment-bytes 40000] [--text-bytes 600] [--alternatives 0.5]
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { type SampleShape, sampleMails } from '../scripts/sample-mails/sample-mails.ts'
import { run } from '../scripts/servers/child-process.ts'
import { startProxy } from '../scripts/servers/tcp-proxy.ts'
import { type Comparison, compareImport } from './compare-import.ts'
import { connectInbox } from './connect.ts'
import { ensureMbsync, runMbsync } from './mbsync.ts'
import { median, peakRssMb, rounded } from './measure.ts'
import { root, startStack } from './stack.ts'

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '10000' },
    seed: { type: 'string', default: '1' },
    rounds: { type: 'string', default: '2' },
    rtt: { type: 'string', default: '50' },
    attachments: { type: 'string', default: '0.1' },
    'attachment-bytes': { type: 'string', default: '40000' },
    'text-bytes': { type: 'string', default: '600' },
    alternatives: { type: 'string', default: '0.5' },
    only: { type: 'string' },
  },
})
const user = 'suporte@loja.example'
const password = 'a secret'
const shape: SampleShape = {
  count: Number(values.count),
  seed: Number(values.seed),
  inbox: user,
  attachments: Number(values.attachments),
  attachmentBytes: Number(values['attachment-bytes']),
  textBytes: Number(values['text-bytes']),
  alternatives: Number(values.alternatives),
}

await ensureMbsync()
const stack = await startStack({ users: { [user]: password } })
const proxy = await startProxy({ target: stack.dovecot, delayMs: Number(values.rtt) })
let bytes = 0
for (const { raw, expected } of sampleMails(shape)) {
  bytes += raw.length
  stack.dovecot.deliver(user, raw, { internalDate: expected.date })
}
console.log(`${shape.count} mails of ${Math.round(bytes / shape.count)} bytes on average`)

interface Sample {
  rate: number
  rssMb?: number
  comparison?: Comparison
}

const ways: Record<string, () => Promise<Sample>> = {
  floor: async () => {
    const args = ['bench/import-floor.ts', String(stack.dovecot.port), user, password]
    const { messages, seconds } = JSON.parse(await run(process.execPath, args, { cwd: root }))
    if (messages !== shape.count) throw new Error(`The floor read ${messages} mails`)
    return { rate: messages / seconds }
  },
  ours: () => ours(stack.dovecot.port),
  mbsync: async () => {
    const at = { port: stack.dovecot.port, user, password }
    return { rate: shape.count / (await runMbsync(stack.dir, at)) }
  },
  far: () => ours(proxy.port),
}

const samples: Record<string, Sample[]> = {}
const names = values.only?.split(',') ?? Object.keys(ways)
for (let round = 0; round < Number(values.rounds); round++) {
  // A B B A: what gets slower or faster with time hits all of them alike.
  for (const name of [...names, ...names.toReversed()]) {
    const sample = await ways[name]!()
    samples[name] = [...(samples[name] ?? []), sample]
    const notes = sample.comparison
      ? ` (${Math.round(sample.rssMb!)} MB, ${JSON.stringify(sample.comparison)})`
      : ''
    console.log(`${name}: ${Math.round(sample.rate)} mails/s${notes}`)
  }
}
await proxy.stop()
await stack.stop()

const rate = (name: string) => median((samples[name] ?? []).map((sample) => sample.rate))
const all = [...(samples.ours ?? []), ...(samples.far ?? [])]
const sum = (field: keyof Comparison) =>
  all.reduce((total, { comparison }) => total + comparison![field], 0)
console.log(
  JSON.stringify({
    messages: shape.count,
    ours_msgs_per_s: Math.round(rate('ours')),
    floor_msgs_per_s: Math.round(rate('floor')),
    ratio_to_floor: rounded(rate('ours') / rate('floor'), 3),
    ratio_to_mbsync: rounded(rate('ours') / rate('mbsync'), 2),
    rtt50_share: rounded(rate('far') / rate('ours'), 3),
    peak_rss_mb: Math.round(Math.max(...all.map(({ rssMb }) => rssMb!))),
    missing: sum('missing'),
    doubled: sum('doubled'),
    wrong_body: sum('wrong_body'),
  }),
)

/** From the moment the connection is proved to the moment the import says that it is complete. */
async function ours(imapPort: number): Promise<Sample> {
  const platform = await stack.startPlatform()
  try {
    const { db } = platform
    const ref = await connectInbox(platform, {
      address: user,
      password,
      imapPort,
      smtpPort: stack.smtp.port,
    })
    const finished = await until(async () => {
      const row = await db
        .selectFrom('imports')
        .select(['status', 'finished_at', 'done', 'total'])
        .where('inbox_id', '=', ref.inboxId)
        .executeTakeFirstOrThrow()
      return row.status === 'completed' ? row.finished_at : undefined
    })
    const { created_at: started } = await db
      .selectFrom('timeline')
      .select('created_at')
      .where('inbox_id', '=', ref.inboxId)
      .where('kind', '=', 'connected')
      .executeTakeFirstOrThrow()
    const seconds = (finished.getTime() - started.getTime()) / 1000
    const files = Date.now()
    await until(async () => {
      const waiting = await db
        .selectFrom('attachments')
        .select('id')
        .where('state', '=', 'in_mailbox')
        .limit(1)
        .executeTakeFirst()
      return waiting === undefined ? true : undefined
    })
    console.log(
      `  import ${rounded(seconds, 2)} s, files of large mails ${rounded((Date.now() - files) / 1000, 2)} s more`,
    )
    const rssMb = peakRssMb(platform.worker.pid)
    const comparison = await compareImport(db, ref.inboxId, platform.storageDir, shape)
    return { rate: shape.count / seconds, rssMb, comparison }
  } finally {
    await platform.stop()
  }
}

async function until<T>(ask: () => Promise<T | null | undefined>): Promise<T> {
  const deadline = Date.now() + 10 * 60_000
  for (;;) {
    const answer = await ask()
    if (answer !== null && answer !== undefined) return answer
    if (Date.now() > deadline) throw new Error('The import did not end within ten minutes')
    await sleep(100)
  }
}
