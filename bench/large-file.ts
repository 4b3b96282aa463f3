// A large attachment from a real mailbox into the storage, in a process of its own whose memory is
// measured: node bench/large-file.ts [megabytes]. A directory first, then a real S3 server.
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { run } from '../scripts/servers/child-process.ts'
import { startDovecot } from '../scripts/servers/dovecot.ts'
import { startS3 } from '../scripts/servers/s3.ts'
import type { FetchOrder } from './large-file-fetch.ts'

const megabytes = Number(process.argv[2] ?? 100)
const address = 'large@bench.test'
const password = 'a secret'
const dir = mkdtempSync(join(tmpdir(), 'large-file-'))

const dovecot = await startDovecot({ dir: join(dir, 'mail'), users: { [address]: password } })
const s3 = await startS3({ dir: join(dir, 's3'), buckets: ['files'] })
dovecot.deliver(address, mail(0.1))
dovecot.deliver(address, mail(megabytes))

const mailbox = { address, password, port: dovecot.port }
const { endpoint, region, credentials } = s3
const orders: Record<string, FetchOrder> = {
  directory: { mailbox, storageDir: join(dir, 'files'), s3: null },
  s3: {
    mailbox,
    storageDir: '',
    s3: { endpoint, region, credentials, bucket: 'files', prefix: '' },
  },
}
const results: Record<string, unknown> = { megabytes }
for (const [name, order] of Object.entries(orders)) {
  const args = [join(import.meta.dirname, 'large-file-fetch.ts'), JSON.stringify(order)]
  results[name] = JSON.parse(await run(process.execPath, args))
}
console.log(JSON.stringify(results))
await Promise.all([dovecot.stop(), s3.stop()])
rmSync(dir, { recursive: true, force: true })

/** One attachment of random bytes. */
function mail(size: number): Buffer {
  const head = [
    'From: carla@customer.test',
    `To: ${address}`,
    `Subject: ${size} MB`,
    `Message-ID: <${size}@customer.test>`,
    `Date: ${new Date().toUTCString()}`,
    'MIME-Version: 1.0',
    'Content-Type: multipart/mixed; boundary=b',
    '',
    '--b',
    'Content-Type: text/plain',
    '',
    'The file.',
    '--b',
    'Content-Type: application/octet-stream; name=data.bin',
    'Content-Transfer-Encoding: base64',
    '',
    '',
  ].join('\r\n')
  // Whole lines, so that each piece can be encoded on its own.
  const piece = randomBytes(57 * 1000)
  const encoded = Buffer.from(piece.toString('base64').replace(/.{76}/g, '$&\r\n'))
  const pieces = Array<Buffer>(Math.round((size * 1e6) / piece.length)).fill(encoded)
  return Buffer.concat([Buffer.from(head), ...pieces, Buffer.from('--b--\r\n')])
}
