// `npm run demo`: the platform with a real mailbox of 500 mails, used through the API from the
// first call to an answer on the SMTP server, and a shop's site with the chat in it. `--exit` ends
// after that, with 0 when all went well.
import { randomBytes } from 'node:crypto'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { apiClient } from './demo/api-client.ts'
import { openShopSite } from './demo/chat.ts'
import { startBot } from './demo/claudia.ts'
import { startShop } from './demo/shop.ts'
import {
  connectClaudia,
  connectInbox,
  handOver,
  hireAna,
  liveMail,
  personAnswers,
  watchImport,
} from './demo/walk.ts'
import { developmentKeys } from './platform/data-dir.ts'
import { endOnSignal } from './platform/ending.ts'
import { startPlatform } from './platform/platform.ts'
import { createTerminal } from './platform/terminal.ts'

const { values: flags } = parseArgs({
  options: { exit: { type: 'boolean', default: false }, mails: { type: 'string', default: '500' } },
})
const terminal = createTerminal()
const { say, bold } = terminal
const stops: (() => Promise<void>)[] = []
// New each time, so that the demo always tells the same story, and two can run side by side.
const dir = mkdtempSync(join(tmpdir(), 'inboxes-demo-'))
// Postgres and Dovecot have users of their own, who must be able to enter.
chmodSync(dir, 0o755)
process.on('exit', () => {
  // Servers that were ended at once may still be writing.
  rmSync(dir, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
})

/** The environment may choose ports; all else is the demo's own, so nothing of yours is touched. */
const OURS =
  /^(DATABASE_|TEMPORAL_|ENCRYPTION_|STORAGE_|ADMIN_|ACCOUNT_|CLAUDIA_|ALLOW_|PUBLIC_|SYSTEM_)/
const PORTS = ['TEMPORAL_PORT', 'TEMPORAL_UI_PORT']

try {
  const ending = endOnSignal(say)
  say(`${bold('Cloud Chat inboxes, the demo.')} Everything lies in ${dir} and goes with it.`)
  const shop = await Promise.race([run(), ending])
  if (!shop) process.exitCode = 130
  else if (!flags.exit) {
    say('Press Enter to have a customer write one more mail, Ctrl-C to end.')
    const lines = createInterface({ input: process.stdin })
    lines.on('line', () => say(`Delivered: ${shop.receiveAny()}`))
    await ending
    lines.close()
  }
} catch (error) {
  console.error(`\n${error instanceof Error ? error.message : error}`)
  process.exitCode = 1
}
say('Stopping ...')
for (const stop of stops.reverse()) await stop()
process.exit()

async function run() {
  const shop = await terminal.step(
    'A mailbox on a real Dovecot, and an SMTP server',
    () => startShop({ dir, mails: Number(flags.mails), log: say }),
    ({ address }) => address,
  )
  stops.push(shop.stop)
  await terminal.step(`${flags.mails} mails of the last ninety days in it`, async () => shop.fill())
  const bot = await startBot(say)
  stops.push(bot.stop)

  const key = `cc_${randomBytes(32).toString('base64url')}`
  const given = Object.entries(process.env).filter(
    ([name]) => !OURS.test(name) || PORTS.includes(name),
  )
  const platform = await startPlatform({
    dataDir: dir,
    // The mailbox and the bot are on this machine, which is refused unless an operator allows it.
    env: {
      ...Object.fromEntries(given),
      ADMIN_API_KEY: key,
      ENCRYPTION_KEYS: developmentKeys(dir).keys,
      ALLOW_HOSTS: '127.0.0.0/8',
    },
    terminal,
  })
  stops.push(platform.stop)

  say()
  const clientOf = (its: string) => apiClient(platform.accountUrl, its)
  const walk = { api: clientOf(key), clientOf, shop, bot, terminal }
  await connectClaudia(walk)
  const ana = await hireAna(walk)
  const { id } = await connectInbox(walk, ana)
  const inbox = await watchImport(walk, id)
  const conversation = await liveMail(walk, id)
  const customersId = await handOver(walk, conversation)
  await personAnswers(walk, ana, conversation, customersId)
  const site = await openShopSite(walk, platform.url, ana)
  stops.push(site.stop)

  say()
  say(`Shop with a chat  ${site.url} (ClaudIA answers; ask her for a person)`)
  say(`Console           ${platform.welcomeLink ?? `${platform.url}/console`}`)
  say(`API docs          ${platform.url}/docs`)
  say(`Inbox             ${platform.accountUrl}/inboxes/${id}`)
  say(`Conversation      ${platform.accountUrl}/conversations/${conversation.id}/messages`)
  say(`Temporal UI       ${platform.temporalUiUrl}/namespaces/${platform.namespace}/workflows`)
  say(`Inbox's workflow  ${inbox.temporal_url}`)
  say(`Administrator key ${key}`)
  say(`  curl -H "api_access_token: ${key}" ${platform.accountUrl}/inboxes/${id}`)
  say()
  return shop
}
