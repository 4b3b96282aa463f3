// Who is told of an incident outside the console, and how often: real Postgres, HTTP and SMTP.
import { createHmac } from 'node:crypto'
import pino from 'pino'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type ActivityDeps, DEFAULT_TUNING } from '../../activities/deps.ts'
import { createNoticeActivities } from '../../activities/notices.ts'
import { createChannels } from '../../channels/registry.ts'
import { insertWebhook } from '../../db/integrations.ts'
import { type HealthFinding, recordHealth } from '../../messaging/record-health.ts'
import { parseMail } from '../../protocols/mime/parse-mail.ts'
import { type SmtpServer, smtpFaults, startSmtp } from '../../scripts/servers/smtp.ts'
import { createDirectoryStorage } from '../../storage/directory.ts'
import { type Mailroom, openMailroom, vault } from '../messaging/mailroom.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { startWebhookReceiver, type WebhookReceiver } from '../support/webhook-receiver.ts'

let database: TestDatabase
let relay: SmtpServer
let receiver: WebhookReceiver
let room: Mailroom
let minute = 0

beforeAll(async () => {
  ;[database, relay, receiver] = await Promise.all([
    createTestDatabase(),
    startSmtp({ users: { 'desk@relay.test': 'p@ss word' } }),
    startWebhookReceiver(),
  ])
})
afterAll(async () => {
  await Promise.all([database?.drop(), relay?.stop(), receiver?.stop()])
})
beforeEach(async () => {
  room = await openMailroom(database.db)
  minute = 0
  relay.mend()
  relay.received.length = 0
  receiver.posted.length = 0
})

const clock = () => new Date(Date.parse('2026-11-25T12:00:00Z') + minute * 60_000)

function activities(more: Partial<ActivityDeps> = {}) {
  const deps: ActivityDeps = {
    db: database.db,
    vault,
    storage: createDirectoryStorage('unused'),
    channels: createChannels({ policy: { allowHosts: [] } }),
    policy: { allowHosts: ['127.0.0.0/8'] },
    links: { publicUrl: 'https://chat.test', encryptionKeys: [] },
    changes: { subscribe: () => () => {} },
    clock,
    logger: pino({ level: 'silent' }),
    tuning: DEFAULT_TUNING,
    shuttingDown: new AbortController().signal,
    systemMailer: {
      url: `smtp://desk%40relay.test:p%40ss%20word@127.0.0.1:${relay.port}?encryption=none`,
      from: 'desk@relay.test',
      publicUrl: 'https://chat.test',
    },
    ...more,
  }
  return createNoticeActivities(deps).notices
}

const ref = () => ({ accountId: room.accountId, inboxId: room.inboxId })
const red = {
  status: 'reauthorization_required',
  reason: 'wrong_password',
  evidence: 'NO',
} as const
const health = (finding: HealthFinding, direction: 'receive' | 'send' = 'receive') =>
  recordHealth(database.db, room.accountId, room.inboxId, direction, finding, clock())

async function webhook(events: string[], url = receiver.url) {
  const { accountId } = room
  const seal = (id: number) => vault.seal({ accountId, row: `webhooks/${id}` }, 'a-secret')
  return insertWebhook(database.db, accountId, { url, events }, seal)
}

/** Tries everything that is pending once; the failures. */
async function tell(more: Partial<ActivityDeps> = {}): Promise<string[]> {
  const { listNotices, deliverNotice } = activities(more)
  const failed: string[] = []
  for (const noticeId of await listNotices(ref())) {
    await deliverNotice({ accountId: room.accountId, noticeId }).catch((error) =>
      failed.push(error.type),
    )
  }
  return failed
}

test('an incident is signed and posted once, with the incident in the id of every try', async () => {
  await webhook(['inbox.reauthorization_required'])
  const { incidentId } = await health(red)
  receiver.answer(503)
  expect(await tell()).toEqual(['WebhookUnreachable'])
  expect(await tell()).toEqual([])
  expect(await tell()).toEqual([])
  expect(receiver.posted).toHaveLength(2)
  const [first, second] = receiver.posted
  const id = `incident_${incidentId}_reauthorization_required`
  expect([first!.headers['webhook-id'], second!.headers['webhook-id']]).toEqual([id, id])
  const signed = `${id}.${second!.headers['webhook-timestamp']}.${second!.text}`
  const signature = createHmac('sha256', 'a-secret').update(signed).digest('base64')
  expect(second!.headers['webhook-signature']).toBe(`v1,${signature}`)
  expect(JSON.parse(second!.text)).toMatchObject({
    type: 'inbox.reauthorization_required',
    data: {
      account_id: room.accountId,
      inbox: { id: room.inboxId },
      incident: { id: incidentId, direction: 'receive', reason: 'wrong_password', evidence: 'NO' },
    },
  })
})

test('the relay is woken with the incident, and not again while it lasts or comes back', async () => {
  await webhook(['inbox.reauthorization_required'])
  await health(red)
  await health(red)
  minute = 5
  await health({ status: 'ok' })
  minute = 9
  await health(red)
  const { length } = (await room.outbox()).filter(({ topic }) => topic === 'notice')
  expect(length).toBe(1)
  await tell()
  expect(receiver.posted).toHaveLength(1)
  expect(relay.received).toHaveLength(1)
})

test('the console hears of the notification as an event for its user', async () => {
  await health(red)
  const [event] = await database.db
    .selectFrom('account_events')
    .select('data')
    .where('account_id', '=', room.accountId)
    .where('kind', '=', 'notification.created')
    .execute()
  expect(event!.data).toMatchObject({ user_id: room.admin.id, inbox_id: room.inboxId })
})

test('administrators get one mail that no robot answers, in the language of the account', async () => {
  await database.db
    .updateTable('inboxes')
    .set({ name: 'Suporte\r\nBcc: eve@evil.test' })
    .where('id', '=', room.inboxId)
    .execute()
  await health(red)
  expect(await tell()).toEqual([])
  await health({ status: 'action_required', reason: 'imap_disabled' })
  expect(await tell()).toEqual([])
  expect(relay.received).toHaveLength(1)
  const [mail] = relay.received
  expect(mail).toMatchObject({ from: 'desk@relay.test', to: [room.admin.email] })
  const raw = mail!.raw.toString()
  const [head = ''] = raw.split('\r\n\r\n')
  expect(head).toMatch(/^Auto-Submitted: auto-generated$/m)
  expect(head).toMatch(/^Message-ID: <incident-\d+-\d+@relay\.test>$/im)
  expect(head).not.toMatch(/^Bcc:/im)
  const { subject, text } = await parseMail(mail!.raw)
  expect(subject).toMatch(/^A caixa de entrada "Suporte .*" precisa ser reconectada$/)
  expect(text).toContain('Não exclua a caixa de entrada')
})

test('an account in English gets its mail in English, with what happened and what to do', async () => {
  const { accountId } = room
  const english = { locale: 'en' as const }
  await database.db.updateTable('accounts').set(english).where('id', '=', accountId).execute()
  await health({ ...red, evidence: 'NO [AUTHENTICATIONFAILED]' }, 'send')
  await tell()
  const { subject, text } = await parseMail(relay.received[0]!.raw)
  expect(subject).toBe('The inbox "Suporte" needs to be reconnected')
  expect(text).toContain('Answers of this inbox are not going out.')
  expect(text).toContain('The mail server refused login or password.')
  expect(text).toContain('NO [AUTHENTICATIONFAILED]')
  expect(text).toContain('https://chat.test')
})

test('without a mail relay the mail is skipped and nothing else', async () => {
  await webhook(['inbox.reauthorization_required'])
  await health(red)
  expect(await tell({ systemMailer: undefined })).toEqual([])
  expect(receiver.posted).toHaveLength(1)
  expect(await room.count('incident_notices', "status = 'skipped'")).toBe(1)
})

test('a relay that is away is asked again, one that refuses the address is not', async () => {
  await health(red)
  relay.fail(smtpFaults.busy, { times: 1 })
  expect(await tell()).toEqual(['SystemMailFailed'])
  relay.fail(smtpFaults.recipientRejected, { times: 1 })
  expect(await tell()).toEqual([])
  expect(relay.received).toHaveLength(0)
  expect(await room.count('incident_notices', "status = 'failed' and tries = 2")).toBe(1)
  expect(await room.count('timeline', "kind = 'notice_failed'")).toBe(1)
})

test('a login that the relay refuses is the operator’s to mend, and the mail is tried again', async () => {
  const url = `smtp://desk%40relay.test:wrong@127.0.0.1:${relay.port}?encryption=none`
  const systemMailer = { url, from: 'desk@relay.test', publicUrl: 'https://chat.test' }
  await health(red)
  expect(await tell({ systemMailer })).toEqual(['SystemMailFailed'])
  expect(await room.count('incident_notices', "status = 'pending' and evidence like '535%'")).toBe(
    1,
  )
  expect(await tell()).toEqual([])
  expect(relay.received).toHaveLength(1)
})

test('only webhooks that asked for the event hear of it, and none of another account', async () => {
  await webhook(['inbox.action_required'])
  const other = await openMailroom(database.db)
  const seal = (id: number) =>
    vault.seal({ accountId: other.accountId, row: `webhooks/${id}` }, 'other')
  const foreign = { url: receiver.url, events: ['inbox.reauthorization_required'] }
  await insertWebhook(database.db, other.accountId, foreign, seal)
  await health(red)
  await tell()
  expect(receiver.posted).toHaveLength(0)
  await health({ status: 'action_required', reason: 'imap_disabled' })
  await tell()
  expect(receiver.posted.map(({ text }) => JSON.parse(text).type)).toEqual([
    'inbox.action_required',
  ])
})

test('a webhook that is gone is given up at once; one that was removed is forgotten', async () => {
  const { id } = await webhook(['inbox.reauthorization_required'])
  await health(red)
  receiver.answer(410)
  expect(await tell()).toEqual([])
  expect(await room.count('incident_notices', `status = 'failed' and webhook_id = ${id}`)).toBe(1)
  await database.db.deleteFrom('webhooks').where('id', '=', id).execute()
  expect(await room.count('incident_notices', `webhook_id = ${id}`)).toBe(0)
})

test('a private address is not posted to', async () => {
  await webhook(['inbox.reauthorization_required'], 'http://169.254.169.254/latest')
  await health(red)
  expect(await tell({ policy: { allowHosts: [] } })).toContain('WebhookUnreachable')
  expect(await room.count('incident_notices', "status = 'pending' and tries = 1")).toBe(1)
})

test('a recovery is told when it has lasted, once', async () => {
  await webhook(['inbox.recovered'])
  await health(red)
  minute = 1
  await health({ status: 'ok' })
  expect(await tell()).toEqual(['Again'])
  minute = 2
  await health(red)
  expect(await tell()).toEqual([])
  expect(receiver.posted).toHaveLength(0)
  minute = 3
  await health({ status: 'ok' })
  minute = 14
  expect(await tell()).toEqual([])
  expect(await tell()).toEqual([])
  expect(receiver.posted.map(({ text }) => JSON.parse(text).type)).toEqual(['inbox.recovered'])
})

test('a mail that asks for what was done meanwhile is not sent', async () => {
  await health(red)
  await health({ status: 'ok' })
  expect(await tell()).toEqual([])
  expect(relay.received).toHaveLength(0)
})
