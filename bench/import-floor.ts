// The floor of an import, as a program of its own: a bare imapflow streaming fetch of the whole
// mailbox that keeps nothing. `node bench/import-floor.ts port user password`; prints one JSON line.
import { ImapFlow } from 'imapflow'

const [port, user = '', pass = ''] = process.argv.slice(2)
const client = new ImapFlow({
  host: '127.0.0.1',
  port: Number(port),
  secure: false,
  auth: { user, pass },
  logger: false,
})
const start = performance.now()
await client.connect()
await client.mailboxOpen('INBOX', { readOnly: true })
let messages = 0
let bytes = 0
for await (const { source } of client.fetch('1:*', { uid: true, source: true })) {
  messages += 1
  bytes += source!.length
}
const seconds = (performance.now() - start) / 1000
await client.logout()
console.log(JSON.stringify({ messages, bytes, seconds }))
