// What the console waits for: `npm run bench:console -- [conversations] [inboxes] [rounds]`. Lists and
// searches of the API over an account of that size (three messages a conversation), and in Chromium
// the weight of the first page, the list of all inboxes, and how soon a change is on the screen.
import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { sql } from 'kysely'
import { pino } from 'pino'
import type { Page } from 'playwright-core'
import { buildApp } from '../api/app.ts'
import { invitationLink } from '../api/invitations.ts'
import { createChannels } from '../channels/registry.ts'
import { loadConfig } from '../config.ts'
import { type Database, openDatabase } from '../db/client.ts'
import { createVault } from '../db/encryption.ts'
import { findLogin } from '../db/logins.ts'
import { writeSomeWords } from '../db/message-words.ts'
import { migrate } from '../db/migrate.ts'
import { createAccount } from '../messaging/create-account.ts'
import { queueOutgoing } from '../messaging/queue-outgoing.ts'
import { buildConsole } from '../scripts/platform/build-pages.ts'
import { freePort } from '../scripts/servers/ports.ts'
import { startPostgres } from '../scripts/servers/postgres.ts'
import { openStorage } from '../storage/open-storage.ts'
import type { TemporalVerbs } from '../temporal/client.ts'
import { startBrowser } from '../test/console/browser.ts'
import { quantile, rounded } from './measure.ts'
import { policy } from './stack.ts'

const [conversations = 100_000, inboxes = 1_000, rounds = 40] = process.argv.slice(2).map(Number)
const dir = mkdtempSync(join(process.env.TMPDIR ?? '/var/tmp', 'bench-'))
const postgres = await startPostgres({ dataDir: join(dir, 'postgres') })
await migrate(postgres.url)
const db = openDatabase(postgres.url)
const { account, admin, adminKey } = await createAccount(db, {
  name: 'Bench',
  adminName: 'Ana',
  adminEmail: 'ana@bench.test',
})
const accountId = account.id
await fill(db)
const wordsStart = performance.now()
while ((await writeSomeWords(db)) > 0);
const wordsSeconds = (performance.now() - wordsStart) / 1000
await sql`vacuum analyze`.execute(db)

const port = await freePort()
const url = `http://localhost:${port}`
const config = loadConfig({
  DATABASE_URL: postgres.url,
  ENCRYPTION_KEYS: `bench:${Buffer.alloc(32, 5).toString('base64')}`,
  STORAGE_DIR: join(dir, 'storage'),
  PUBLIC_URL: url,
  RATE_LIMIT: '1000000',
})
const app = await buildApp({
  config,
  db,
  vault: createVault(config.encryptionKeys),
  channels: createChannels({ policy }),
  // Nobody works here: what would be told to workflows is not.
  temporal: new Proxy({}, { get: () => async () => undefined }) as TemporalVerbs,
  storage: openStorage(config),
  clock: () => new Date(),
  logger: pino({ level: 'silent' }),
})
await app.listen({ host: 'localhost', port })

const { rows: middle } = await sql<{ cursor: string }>`
  select json_build_array(
    to_char(last_message_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), id
  )::text as cursor
  from conversations order by last_message_at desc, id desc
  offset ${Math.floor(conversations / 2)} limit 1`.execute(db)
const deep = Buffer.from(middle[0]!.cursor).toString('base64url')
const { rows: some } = await sql<{
  id: number
}>`select id from inboxes order by id limit 1`.execute(db)
const { rows: one } = await sql<{ id: number }>`
  select contact_id as id from conversations limit 1`.execute(db)
const asked = {
  inboxes: '/inboxes?limit=100',
  conversations: '/conversations',
  conversations_deep: `/conversations?cursor=${deep}`,
  conversations_open: '/conversations?status=open',
  conversations_of_inbox: `/conversations?inbox_id=${some[0]!.id}`,
  conversations_of_agent: `/conversations?assignee_id=${admin.id}`,
  conversations_of_contact: `/conversations?contact_id=${one[0]!.id}`,
  search_everywhere: '/conversations?search=pedido',
  search_often: '/conversations?search=devolucao',
  search_rare: '/conversations?search=protocolo4711',
  search_two_words: '/conversations?search=devolucao+protocolo4711',
  search_nothing: '/conversations?search=hipopotamo',
  contacts: '/contacts',
  contacts_search: '/contacts?search=maria+777',
  contacts_nothing: '/contacts?search=hipopotamo',
}
const p95: Record<string, number> = {}
for (const [name, path] of Object.entries(asked)) {
  const took: number[] = []
  for (let round = 0; round < rounds; round++) {
    const start = performance.now()
    const reply = await app.inject({
      url: `/api/v1/accounts/${accountId}${path}`,
      headers: { api_access_token: adminKey },
    })
    if (reply.statusCode !== 200) throw new Error(`${path}: ${reply.body}`)
    took.push(performance.now() - start)
  }
  p95[name] = rounded(quantile(took, 0.95))
  console.error(name, `p50 ${rounded(quantile(took, 0.5))} ms`, `p95 ${p95[name]} ms`)
}

await buildConsole()
const browser = await startBrowser()
const { page } = await browser.visit()
const weight = await weighed(page, async () => {
  const user = await findLogin(db, accountId, admin.id)
  await page.goto(invitationLink({ config, clock: () => new Date() }, user!).url)
  await page.getByLabel('Nova senha').fill('correct horse battery')
  await page.getByRole('button', { name: /^Definir/ }).click()
  await page.getByText('Caixa 1', { exact: true }).first().waitFor()
})
const start = performance.now()
await page.reload()
await page.getByText(`Caixa ${inboxes}`, { exact: true }).first().waitFor()
const listMs = performance.now() - start
const changes = await changesOnScreen(page)
await browser.close()
await app.close()
await db.destroy()
await postgres.stop()
rmSync(dir, { recursive: true, force: true })
console.log(
  JSON.stringify({
    conversations,
    inboxes,
    words_per_second: rounded((conversations * 3) / wordsSeconds),
    p95_ms: p95,
    slowest_p95_ms: Math.max(...Object.values(p95)),
    js_gz_kb: rounded(weight.js),
    css_gz_kb: rounded(weight.css),
    inbox_list_in_browser_ms: rounded(listMs),
    change_on_screen_p95_ms: rounded(quantile(changes, 0.95)),
  }),
)

/** Half of what customers write has a word of its own; all of it has “pedido”. */
async function fill(to: Database): Promise<void> {
  await sql`
    insert into inboxes (account_id, name, channel, address, channel_key, phase)
    select ${accountId}, 'Caixa ' || n, 'web_widget', 'caixa' || n, 'caixa' || n, 'active'
    from generate_series(1, ${inboxes}::int) n`.execute(to)
  await sql`
    insert into contacts (account_id, name, email)
    select ${accountId}, (array['Maria', 'João', 'Bia', 'Caio'])[n % 4 + 1] || ' ' || n,
      'c' || n || '@cliente.test'
    from generate_series(1, ${Math.ceil(conversations / 3)}::int) n`.execute(to)
  await sql`
    insert into conversations (account_id, display_id, inbox_id, contact_id, status, subject,
      assignee_id, first_message_at, last_message_at, message_count)
    select ${accountId}, n, (select min(id) from inboxes) + n % ${inboxes}::int,
      (select min(id) from contacts) + n % ${Math.ceil(conversations / 3)}::int,
      case when n % 20 = 0 then 'open' else 'resolved' end, 'Pedido ' || n,
      case when n % 50 = 0 then ${admin.id}::bigint end,
      now() - n * interval '1 minute', now() - n * interval '1 minute', 3
    from generate_series(1, ${conversations}::int) n`.execute(to)
  await sql`
    insert into messages (account_id, conversation_id, inbox_id, direction, origin, contact_id, content,
      status, sent_at, delivered_at)
    select c.account_id, c.id, c.inbox_id, case m when 2 then 'outgoing' else 'incoming' end, 'history',
      c.contact_id, 'Bom dia, gostaria de saber do meu pedido ' || c.display_id ||
        case when c.display_id % 10 = 0 then ': quero a devolução do valor' else '' end ||
        ' protocolo' || c.display_id || repeat('. Agradeço desde já pela atenção e aguardo', 6),
      'received', c.last_message_at - (3 - m) * interval '10 seconds', c.last_message_at
    from conversations c, generate_series(1, 3) m`.execute(to)
  await sql`
    insert into due_words (account_id, message_ids)
    select account_id, array_agg(id) from messages group by account_id, id / 500`.execute(to)
}

/** Every script and style that was loaded meanwhile, gzipped, in kB. */
async function weighed(of: Page, load: () => Promise<void>): Promise<{ js: number; css: number }> {
  const paths = new Set<string>()
  of.on('response', (response) => void paths.add(new URL(response.url()).pathname))
  await load()
  const sizeOf = async (kind: RegExp) => {
    const files = [...paths].filter((path) => kind.test(path))
    const replies = await Promise.all(files.map((path) => app.inject(path)))
    return replies.reduce((sum, { rawPayload }) => sum + gzipSync(rawPayload).length / 1024, 0)
  }
  return { js: await sizeOf(/\.js$/), css: await sizeOf(/\.css$/) }
}

/** From a committed message to its words on an open list, in milliseconds. */
async function changesOnScreen(of: Page): Promise<number[]> {
  await of.getByRole('link', { name: 'Conversas' }).click()
  await of.getByText('Pedido 1', { exact: false }).first().waitFor()
  const { rows } = await sql<{ id: number }>`
    select id from conversations order by last_message_at desc limit 1`.execute(db)
  const took: number[] = []
  for (let at = 0; at < 20; at++) {
    const content = `novidade ${at}`
    await queueOutgoing(db, {
      accountId,
      conversationId: rows[0]!.id,
      userId: admin.id,
      content,
      contentType: 'text',
      files: [],
      attributes: {},
      automatic: false,
    })
    const begin = performance.now()
    await of.getByText(content).first().waitFor()
    took.push(performance.now() - begin)
  }
  return took
}
