// Files of mails behind a malware scanner: small ones that come with the mail, large ones fetched later.
import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startProxy, type TcpProxy } from '../../scripts/servers/tcp-proxy.ts'
import { type ClamdSimulator, EICAR, startClamd } from '../simulators/clamd.ts'
import { type Mailbox, startMailbox } from '../support/mail-server.ts'
import { waitFor } from '../support/wait-for.ts'
import { mailWithFile } from './mail-with-file.ts'
import { type Platform, startPlatform } from './platform.ts'

let platform: Platform
let mailbox: Mailbox
let clamd: ClamdSimulator
let proxy: TcpProxy

beforeAll(async () => {
  clamd = await startClamd()
  const port = Number(clamd.address.split(':')[1])
  proxy = await startProxy({ target: { port } })
  ;[platform, mailbox] = await Promise.all([
    startPlatform({ clamdAddress: `127.0.0.1:${proxy.port}` }),
    startMailbox(),
  ])
  const ref = await platform.connect(mailbox)
  await waitFor(async () => (await platform.row(ref)).phase === 'active', { what: 'active' })
})
afterAll(async () => {
  await platform?.stop()
  await mailbox?.stop()
  await proxy?.stop()
  clamd?.close()
})

const small = randomBytes(9_000)
const large = randomBytes(300_000)
const infected = (content: Buffer) => Buffer.concat([content, Buffer.from(EICAR)])
const deliver = (subject: string, content: Buffer) =>
  mailbox.deliver(mailWithFile(subject, content))

/** The only file of the mail with this subject, once it is in that state. */
const fileIn = (state: string, subject: string) =>
  waitFor(
    async () =>
      platform.db
        .selectFrom('attachments as a')
        .innerJoin('messages as m', 'm.id', 'a.message_id')
        .select(['a.storage_key', 'a.reason', 'a.size'])
        .where('m.source_id', '=', `${subject}@customer.test`)
        .where('a.state', '=', state as 'stored')
        .executeTakeFirst(),
    { what: `the file of ${subject} to be ${state}` },
  )

test('infected files are not kept, and say why; their mails and other files come in', async () => {
  deliver('small-bad', infected(small))
  deliver('large-bad', infected(large))
  deliver('small-good', small)
  deliver('large-good', large)
  const refused = { storage_key: null, reason: 'infected' }
  expect(await fileIn('refused', 'small-bad')).toMatchObject(refused)
  expect(await fileIn('refused', 'large-bad')).toMatchObject(refused)
  expect(await fileIn('stored', 'small-good')).toMatchObject({ size: small.length })
  expect(await fileIn('stored', 'large-good')).toMatchObject({ size: large.length })
})

test('while nobody scans mails come in, and their files wait', async () => {
  proxy.refuse(true)
  const [one, two] = [randomBytes(9_000), infected(randomBytes(300_000))]
  deliver('small-waits', one)
  deliver('large-waits', two)
  await fileIn('in_mailbox', 'small-waits')
  await fileIn('in_mailbox', 'large-waits')
  proxy.refuse(false)
  expect(await fileIn('stored', 'small-waits')).toMatchObject({ size: one.length })
  expect(await fileIn('refused', 'large-waits')).toMatchObject({ reason: 'infected' })
})
