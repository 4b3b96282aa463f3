// Two accounts that name the same mailbox: naming it proves nothing, and only one can prove it.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createAccount } from '../../messaging/create-account.ts'
import type { InboxRef } from '../../temporal/contracts.ts'
import { type Mailbox, startMailbox } from '../support/mail-server.ts'
import { waitFor } from '../support/wait-for.ts'
import { type ApiOfPlatform, apiOf } from './api-of-platform.ts'
import { formOf, type Platform, startPlatform } from './platform.ts'

let platform: Platform
let api: ApiOfPlatform
let mailbox: Mailbox
/** An account of somebody else. */
let other: { accountId: number; actorUserId: number }

beforeAll(async () => {
  ;[platform, mailbox] = await Promise.all([startPlatform(), startMailbox()])
  api = await apiOf(platform)
  const { account, admin } = await createAccount(platform.db, {
    name: 'Oficina',
    adminName: 'Caio',
    adminEmail: 'caio@oficina.test',
  })
  other = { accountId: account.id, actorUserId: admin.id }
})
afterAll(async () => {
  await api?.close()
  await Promise.all([platform?.stop(), mailbox?.stop()])
})

const until = (ref: InboxRef, what: string, is: (row: Row) => boolean) =>
  waitFor(async () => is(await platform.row(ref)), { what })
type Row = Awaited<ReturnType<Platform['row']>>

async function stored(table: 'credentials' | 'channel_cursors', { inboxId }: InboxRef) {
  return platform.db.selectFrom(table).selectAll().where('inbox_id', '=', inboxId).execute()
}

async function connectHere(): Promise<InboxRef> {
  const { address, imap } = mailbox
  const { status, body } = await api.post('/inboxes', {
    name: 'Suporte',
    address,
    imap: { host: '127.0.0.1', port: imap.port, encryption: 'none', password: mailbox.password },
  })
  expect(status, JSON.stringify(body)).toBe(201)
  return { accountId: platform.accountId, inboxId: body.id }
}

test('a mailbox that another account named with a made-up password is connected by who can open it', async () => {
  const form = formOf(mailbox, 'made up')
  const named = await platform.connect(mailbox, {
    ...other,
    settings: { ...form.settings },
    credentials: { ...form.credentials },
  })
  await until(named, 'the refusal', (row) => row.receive_status === 'reauthorization_required')
  const own = await connectHere()
  await until(own, 'active', ({ phase }) => phase === 'active')

  // Nor does who knows the password get a second inbox of it, and nothing of the try is stored.
  const late = await platform.connect(mailbox, other).catch((error: Error) => error.name)
  expect(late).toBe('AlreadyConnected')
  await platform.temporal.updateInbox(named, 'disconnect', { purge: false })
  const second = await platform.connect(mailbox, other)
  await until(second, 'the clash', ({ receive_reason }) => receive_reason !== null)
  expect(await platform.row(second)).toMatchObject({
    phase: 'connecting',
    receive_status: 'action_required',
    receive_reason: 'channel_already_connected',
    proved_key: null,
  })
  expect(await stored('credentials', second)).toEqual([])
  expect(await stored('channel_cursors', second)).toEqual([])
  const told = await platform.db
    .selectFrom('timeline')
    .select(['kind', 'data'])
    .where('inbox_id', '=', second.inboxId)
    .where('kind', '=', 'health_changed')
    .execute()
  expect(told).toMatchObject([{ data: { reason: 'channel_already_connected' } }])

  // Free again, it is taken over by the form that is still there.
  expect((await api.remove(`/inboxes/${own.inboxId}`)).status).toBe(200)
  await platform.temporal.updateInbox(second, 'reconnect', {})
  await until(second, 'active', ({ phase }) => phase === 'active')
  const refused = await api.post('/inboxes', {
    name: 'Suporte',
    address: mailbox.address,
    imap: { host: '127.0.0.1', port: mailbox.imap.port, encryption: 'none', password: 'made up' },
  })
  expect(refused).toMatchObject({ status: 409, body: { code: 'channel_already_connected' } })
  expect(refused.body.details).toBeUndefined()
})
