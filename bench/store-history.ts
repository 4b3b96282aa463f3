// How fast imported mail is stored: `DATABASE_URL=... node bench/store-history.ts [mails] [page]`.
// The database must be empty and is migrated first.
import { randomBytes } from 'node:crypto'
import type { InboundMessage } from '../channels/channel.ts'
import { takeFence } from '../db/channel-cursors.ts'
import { openDatabase } from '../db/client.ts'
import { createVault } from '../db/encryption.ts'
import { migrate } from '../db/migrate.ts'
import { createAccount } from '../messaging/create-account.ts'
import { createInbox } from '../messaging/create-inbox.ts'
import { storeHistory } from '../messaging/store-history.ts'

const url = process.argv[2] ?? ''
const total = Number(process.argv[3] ?? 20_000)
const pageSize = Number(process.argv[4] ?? 500)

await migrate(url)
const db = openDatabase(url)
const vault = createVault([{ id: 'bench', key: randomBytes(32) }])
const { account } = await createAccount(db, {
  name: 'Bench',
  adminName: 'Bench',
  adminEmail: `bench-${Date.now()}@example.test`,
})
const address = `bench-${Date.now()}@example.test`
const { inboxId } = await createInbox(db, vault, {
  accountId: account.id,
  name: 'Bench',
  channel: 'email',
  address,
  settings: {},
  credentials: {},
})
const { id: importId } = await db
  .selectFrom('imports')
  .select('id')
  .where('inbox_id', '=', inboxId)
  .executeTakeFirstOrThrow()

const text = 'Bom dia, gostaria de saber do meu pedido. '.repeat(50)
const mails = Array.from({ length: total }, (_, at): InboundMessage => {
  const id = `m${at}@bench.test`
  const sentAt = new Date(Date.now() - at * 60_000)
  // A third of the mails answers an older one, newest first as an import reads them.
  const references = at % 3 === 0 ? [`m${at + 2}@bench.test`, `m${at + 5}@bench.test`] : []
  return {
    externalId: `e${at}`,
    direction: at % 4 === 0 ? 'outgoing' : 'incoming',
    sentByAccount: false,
    contact: { kind: 'email', value: `c${at % 3000}@bench.test`, name: 'Contato' },
    sourceId: id,
    references,
    subject: 'Pedido',
    text,
    html: null,
    contentType: 'text',
    attributes: { nature: 'person', from: { name: 'Contato', address: 'c@bench.test' } },
    automatic: false,
    sentAt,
    deliveredAt: sentAt,
    attachments:
      at % 12 === 0
        ? [
            {
              fileName: 'nota.pdf',
              contentType: 'application/pdf',
              size: 90_000,
              contentId: null,
              inline: false,
              content: null,
              part: '2',
            },
          ]
        : [],
    location: { folder: 'INBOX', uidValidity: 1n, uid: total - at },
  }
})

const ref = { accountId: account.id, inboxId }
const { fence } = await takeFence(db, { ...ref, folder: 'INBOX', kind: 'history' })
const start = performance.now()
for (let at = 0; at < total; at += pageSize) {
  const page = { messages: mails.slice(at, at + pageSize), poison: [], bytes: 0 }
  await storeHistory(
    db,
    { ...ref, folder: 'INBOX', fence, nextCursor: at, importId, now: new Date() },
    page,
  )
}
const seconds = (performance.now() - start) / 1000
console.log(`${total} mails, pages of ${pageSize}: ${Math.round(total / seconds)} mails/s`)
await db.destroy()
