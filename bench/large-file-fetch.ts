// The measured process of bench/large-file.ts: a small file to warm up, then the large one.
import { emailAccount, validateEmailForm } from '../channels/email/index.ts'
import { openMailbox } from '../channels/mail/mailbox.ts'
import { openStorage } from '../storage/open-storage.ts'
import type { S3Options } from '../storage/s3.ts'
import { storeStream } from '../storage/store-stream.ts'
import { peakRssMb, rounded, rssKb } from './measure.ts'

export interface FetchOrder {
  mailbox: { address: string; password: string; port: number }
  storageDir: string
  s3: S3Options | null
}

const order = JSON.parse(process.argv[2]!) as FetchOrder
const { address, password, port } = order.mailbox
const policy = { allowHosts: ['127.0.0.0/8'] }
const server = { host: '127.0.0.1', encryption: 'none', login: address, password, port }
const form = validateEmailForm({ address, imap: server, smtp: server }, policy)
const storage = openStorage(order)
const mailbox = await openMailbox(emailAccount({ ...form, policy }))
const { uidValidity } = mailbox.status()

const fetch = async (uid: number) =>
  storeStream(storage, await mailbox.fetchPart({ folder: 'INBOX', uidValidity, uid }, '2'), {
    accountId: 1,
    limitBytes: 5e9,
    claim: async () => {},
  })
await fetch(1)
const before = rssKb(process.pid) / 1024
const start = performance.now()
const { size } = await fetch(2)
const seconds = (performance.now() - start) / 1000
await mailbox.close()
const result = {
  file_mb: rounded(size / 1e6, 1),
  mb_per_s: rounded(size / 1e6 / seconds, 1),
  rss_before_mb: rounded(before),
  rss_peak_mb: rounded(peakRssMb(process.pid)),
}
process.stdout.write(JSON.stringify(result))
process.exit(0)
