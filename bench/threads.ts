// Threads against Dovecot's THREAD=REFS at full size. One JSON line; `differing` must be 0.
// node bench/threads.ts [mails] [seed]
import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { openDatabase } from '../db/client.ts'
import { migrate } from '../db/migrate.ts'
import { threadMails } from '../scripts/sample-mails/thread-mails.ts'
import { startDovecot } from '../scripts/servers/dovecot.ts'
import { startPostgres } from '../scripts/servers/postgres.ts'
import { openMailroom } from '../test/messaging/mailroom.ts'
import { compareThreads } from '../test/messaging/thread-oracle.ts'

const count = Number(process.argv[2] ?? 10_000)
const seed = Number(process.argv[3] ?? 1)
const address = 'suporte@loja.test'
const password = 'a secret'
const dir = mkdtempSync(join(process.env.TMPDIR ?? '/var/tmp', 'threads-'))
const postgres = await startPostgres({ dataDir: join(dir, 'postgres') })
const dovecot = await startDovecot({ dir: join(dir, 'mail'), users: { [address]: password } })
await postgres.createDatabase('threads')
const url = postgres.urlOf('threads')
await migrate(url)
const db = openDatabase(url)
try {
  dovecot.deliverAll(
    address,
    threadMails(count, seed).map((raw) => ({ raw })),
  )
  const room = await openMailroom(db)
  const result = await compareThreads(db, room, { port: dovecot.port, address, password }, 500)
  const merged = await room.count('account_events', `kind = 'conversation.merged'`)
  console.log(JSON.stringify({ seed, ...result, merged }))
  process.exitCode = result.differing + result.miscounted === 0 ? 0 : 1
} finally {
  await db.destroy()
  await Promise.all([dovecot.stop(), postgres.stop()])
  rmSync(dir, { recursive: true, force: true })
}
