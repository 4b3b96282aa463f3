// A refused password on real servers: the account's webhook and its administrators hear of it once.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { saveDraft } from '../../db/connect-drafts.ts'
import { insertWebhook } from '../../db/integrations.ts'
import { type SmtpServer, startSmtp } from '../../scripts/servers/smtp.ts'
import { workflowIds } from '../../temporal/contracts.ts'
import { type Mailbox, startMailbox } from '../support/mail-server.ts'
import { waitFor } from '../support/wait-for.ts'
import { startWebhookReceiver, type WebhookReceiver } from '../support/webhook-receiver.ts'
import { formOf, type Platform, startPlatform } from './platform.ts'

let relay: SmtpServer
let receiver: WebhookReceiver
let platform: Platform
let mailbox: Mailbox
let ref: { accountId: number; inboxId: number }

beforeAll(async () => {
  ;[relay, receiver, mailbox] = await Promise.all([
    startSmtp({ users: { 'desk@relay.test': 'relay secret' } }),
    startWebhookReceiver(),
    startMailbox(),
  ])
  const url = `smtp://desk%40relay.test:relay%20secret@127.0.0.1:${relay.port}?encryption=none`
  const systemMailer = { url, from: 'desk@relay.test', publicUrl: 'https://chat.test' }
  platform = await startPlatform({ systemMailer })
  const { db, vault, accountId } = platform
  const seal = (id: number) => vault.seal({ accountId, row: `webhooks/${id}` }, 'a-secret')
  const events = ['inbox.reauthorization_required']
  await insertWebhook(db, accountId, { url: receiver.url, events }, seal)
  ref = await platform.connect(mailbox)
  await waitFor(async () => (await platform.row(ref)).phase === 'active', { what: 'active' })
})
afterAll(async () => {
  await platform?.stop()
  await Promise.all([relay?.stop(), receiver?.stop(), mailbox?.stop()])
})

test('a refused password reaches webhook and administrator once, although the webhook failed first', async () => {
  receiver.answer(500)
  await mailbox.changePassword('another secret')
  await relay.waitFor(1)
  await waitFor(() => receiver.posted.length === 2, { what: 'the repeat of the webhook' })
  await platform.client.workflow.getHandle(workflowIds.notices(ref.inboxId)).result()

  const draftId = await saveDraft(
    platform.db,
    platform.vault,
    ref,
    formOf(mailbox, 'another secret'),
  )
  await platform.temporal.updateInbox(ref, 'reconnect', { draftId })
  // Within ten minutes the same incident is reopened, of which nobody is told again.
  await mailbox.changePassword('a third secret')
  await waitFor(
    async () => (await platform.row(ref)).receive_status === 'reauthorization_required',
    { what: 'red again' },
  )
  const notices = await platform.db.selectFrom('incident_notices').selectAll().execute()
  expect(notices.map(({ status }) => status)).toEqual(['delivered', 'delivered'])
  expect(new Set(notices.map(({ incident_id }) => incident_id)).size).toBe(1)
  expect(new Set(receiver.posted.map(({ headers }) => headers['webhook-id'])).size).toBe(1)
  expect(relay.received).toHaveLength(1)
})
