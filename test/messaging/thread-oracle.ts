// Dovecot's THREAD=REFS (RFC 5256) as the oracle of our threads: a mailbox is imported through the real
// channel and the real transaction, and both must part its mails alike.
import { sql } from 'kysely'
import { emailAccount } from '../../channels/email/index.ts'
import { openMailbox } from '../../channels/mail/mailbox.ts'
import { takeFence } from '../../db/channel-cursors.ts'
import type { Database } from '../../db/client.ts'
import { storeHistory } from '../../messaging/store-history.ts'
import { connectImap } from '../../protocols/imap/connect.ts'

export interface ThreadedMailbox {
  port: number
  address: string
  password: string
}

export interface Comparison {
  messages: number
  conversations: number
  threads: number
  /** Threads of Dovecot that are not exactly one conversation. */
  differing: number
  /** Conversations whose counters disagree with their messages. */
  miscounted: number
}

const policy = { allowHosts: ['127.0.0.1'] }

export async function compareThreads(
  db: Database,
  inbox: { accountId: number; inboxId: number; importId: number },
  mailbox: ThreadedMailbox,
  pageSize: number,
): Promise<Comparison> {
  await importAll(db, inbox, mailbox, pageSize)
  const ours = await conversationByUid(db, inbox.inboxId)
  const threads = await threadsOfDovecot(mailbox)
  const sizes = new Map<number, number>()
  for (const id of ours.values()) sizes.set(id, (sizes.get(id) ?? 0) + 1)
  const differing = threads.filter((uids) => {
    const ids = new Set(uids.map((uid) => ours.get(uid)))
    const [id] = ids
    return ids.size !== 1 || id === undefined || sizes.get(id) !== uids.length
  })
  return {
    messages: ours.size,
    conversations: sizes.size,
    threads: threads.length,
    differing: differing.length,
    miscounted: await miscounted(db, inbox.inboxId),
  }
}

async function importAll(
  db: Database,
  { accountId, inboxId, importId }: { accountId: number; inboxId: number; importId: number },
  { port, address, password }: ThreadedMailbox,
  limit: number,
): Promise<void> {
  const imap = { host: '127.0.0.1', port, login: address, encryption: 'none' as const }
  const settings = { address, imap, folders: ['INBOX'], sync_sent: false }
  const credentials = { imap_password: password }
  const session = await openMailbox(emailAccount({ settings, credentials, policy }))
  const key = { accountId, inboxId, folder: 'INBOX', kind: 'history' as const }
  const { fence } = await takeFence(db, key)
  const window = { kind: 'all' as const }
  const plan = await session.planHistory({ window, watermark: session.status() })
  for (let cursor: typeof plan | undefined = plan; cursor !== undefined; ) {
    const page: Awaited<ReturnType<typeof session.pullHistory>> = await session.pullHistory(
      cursor,
      { limit },
    )
    await storeHistory(db, { ...key, fence, nextCursor: page.next, importId }, page)
    cursor = page.next
  }
  await session.close()
}

async function conversationByUid(db: Database, inboxId: number): Promise<Map<number, number>> {
  const rows = await db
    .selectFrom('message_locations as location')
    .innerJoin('messages as message', (join) =>
      join
        .onRef('message.account_id', '=', 'location.account_id')
        .onRef('message.id', '=', 'location.message_id'),
    )
    .select(['location.uid', 'message.conversation_id'])
    .where('location.inbox_id', '=', inboxId)
    .execute()
  return new Map(rows.map(({ uid, conversation_id }) => [uid, conversation_id]))
}

async function miscounted(db: Database, inboxId: number): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*) as count from conversations c left join (
      select conversation_id, count(*) as messages, min(sent_at) as first, max(sent_at) as last
      from messages where inbox_id = ${inboxId} group by conversation_id
    ) m on m.conversation_id = c.id
    where c.inbox_id = ${inboxId} and (c.message_count, c.first_message_at, c.last_message_at)
      is distinct from (m.messages, m.first, m.last)`.execute(db)
  return Number(rows[0]!.count)
}

/** What imapflow runs its own commands with; its types leave it out. */
interface Exec {
  exec(
    command: string,
    attributes: { type: string; value: string }[],
    options: { untagged: Record<string, (row: { attributes?: Nested[] }) => Promise<void>> },
  ): Promise<{ next(): void }>
}

type Nested = { value?: string } | Nested[]

/** UIDs of each thread. */
async function threadsOfDovecot({ port, address, password }: ThreadedMailbox): Promise<number[][]> {
  const client = await connectImap({
    ...{ host: '127.0.0.1', port, encryption: 'none', certificate: 'peer' },
    ...{ auth: { user: address, pass: password }, policy },
  })
  await client.mailboxOpen('INBOX', { readOnly: true })
  const threads: number[][] = []
  const words = ['REFS', 'UTF-8', 'ALL'].map((value) => ({ type: 'ATOM', value }))
  const { exec } = client as unknown as Exec
  const response = await exec.call(client, 'UID THREAD', words, {
    untagged: {
      THREAD: async ({ attributes = [] }) => {
        for (const thread of attributes) threads.push(uidsIn(thread))
      },
    },
  })
  response.next()
  await client.logout()
  return threads
}

function uidsIn(node: Nested): number[] {
  return Array.isArray(node) ? node.flatMap(uidsIn) : [Number(node.value)]
}
