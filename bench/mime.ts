// How many mails one CPU second understands: the fast walk against postal-mime. One JSON line.
// node bench/mime.ts [count]
import { parseWithPostalMime } from '../protocols/mime/postal.ts'
import { fastWalk } from '../protocols/mime/walk.ts'
import { sampleMails } from '../scripts/sample-mails/sample-mails.ts'

const count = Number(process.argv[2] ?? 5000)
const mails = Array.from(sampleMails({ count }), ({ raw }) => raw)
const bytes = mails.reduce((sum, raw) => sum + raw.length, 0)

const handedOver = mails.filter((raw) => fastWalk(raw) === undefined).length
const walk = await best(5, async () => {
  for (const raw of mails) fastWalk(raw)
})
const few = mails.slice(0, Math.min(count, 1000))
const postal = await best(2, async () => {
  for (const raw of few) await parseWithPostalMime(raw)
})

console.log(
  JSON.stringify({
    messages: count,
    average_bytes: Math.round(bytes / count),
    walk_msgs_per_cpu_s: Math.round(count / walk),
    postal_msgs_per_cpu_s: Math.round(few.length / postal),
    handed_over_share: handedOver / count,
  }),
)

// CPU seconds of the fastest round: the first ones pay for compilation.
async function best(rounds: number, work: () => Promise<void>): Promise<number> {
  let least = Number.POSITIVE_INFINITY
  for (let round = 0; round < rounds; round++) {
    const start = process.cpuUsage()
    await work()
    const { user, system } = process.cpuUsage(start)
    least = Math.min(least, (user + system) / 1e6)
  }
  return least
}
