// Folders beside INBOX: chosen ones are read as incoming, each from where it stood at the connect.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { emailAccount } from '../../channels/email/index.ts'
import { openMailbox } from '../../channels/mail/mailbox.ts'
import { saveDraft } from '../../db/connect-drafts.ts'
import { type Mailbox, startMailbox } from '../support/mail-server.ts'
import { waitFor } from '../support/wait-for.ts'
import { formOf, type Platform, startPlatform } from './platform.ts'

let platform: Platform
let mailbox: Mailbox
let ref: { accountId: number; inboxId: number }

beforeAll(async () => {
  ;[platform, mailbox] = await Promise.all([
    startPlatform({ tuning: { idleCheckMs: 500 } }),
    startMailbox(),
  ])
  mailbox.deliver(mail('in the inbox before'))
  mailbox.deliver(mail('in billing before'), { folder: 'Financeiro' })
  const answer = { 'In-Reply-To': '<in-the-inbox-before@customer.test>' }
  mailbox.deliver(fromUs('answered before', answer), { folder: 'Sent' })
  mailbox.deliver(fromUs('offered before'), { folder: 'Sent' })
  const { settings } = formOf(mailbox)
  ref = await platform.connect(mailbox, {
    settings: { ...settings, folders: ['INBOX', 'Financeiro'] },
  })
  await waitFor(async () => (await platform.row(ref)).phase === 'active', { what: 'active' })
})
afterAll(async () => {
  await platform?.stop()
  await mailbox?.stop()
})

const mail = (subject: string) =>
  Buffer.from(
    [
      'From: Carla <carla@customer.test>',
      'To: support@shop.test',
      `Subject: ${subject}`,
      `Message-ID: <${subject.replaceAll(' ', '-')}@customer.test>`,
      '',
      `Text of ${subject}`,
    ].join('\r\n'),
  )
const fromUs = (subject: string, headers: Record<string, string> = {}) =>
  Buffer.from(
    [
      'From: support@shop.test',
      'To: Carla <carla@customer.test>',
      `Subject: ${subject}`,
      `Message-ID: <${subject.replaceAll(' ', '-')}@shop.test>`,
      ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
      '',
      `Text of ${subject}`,
    ].join('\r\n'),
  )
const stored = async (subject: string) =>
  (await platform.messages(ref)).filter(({ content }) => content.includes(`Text of ${subject}`))
const waitForStored = (subject: string) =>
  waitFor(async () => (await stored(subject))[0], { what: subject })

test('the history of every chosen folder is imported, and counted beforehand', async () => {
  expect(await stored('in billing before')).toMatchObject([{ origin: 'history' }])
  expect(await stored('in the inbox before')).toMatchObject([{ origin: 'history' }])
  const progress = await platform.db.selectFrom('imports').select(['done', 'total']).execute()
  expect(progress).toEqual([{ done: 4, total: 4 }])
})

test('what was answered before lies in its conversation; what was only offered is open for nobody', async () => {
  const [asked] = await stored('in the inbox before')
  const [answered] = await stored('answered before')
  const [offered] = await stored('offered before')
  expect(answered).toMatchObject({
    direction: 'outgoing',
    origin: 'history',
    conversation_id: asked!.conversation_id,
  })
  const conversations = await platform.db
    .selectFrom('conversations as c')
    .innerJoin('contacts as p', 'p.id', 'c.contact_id')
    .select(['c.id', 'c.status', 'p.email'])
    .where('c.id', 'in', [asked!.conversation_id, offered!.conversation_id])
    .orderBy('c.id')
    .execute()
  expect(conversations).toEqual([
    { id: asked!.conversation_id, status: 'open', email: 'carla@customer.test' },
    { id: offered!.conversation_id, status: 'resolved', email: 'carla@customer.test' },
  ])
})

test('new mail of a chosen folder is live, and the mailbox owner may sort it there', async () => {
  mailbox.deliver(mail('sorted by a filter'), { folder: 'Financeiro' })
  expect(await waitForStored('sorted by a filter')).toMatchObject({ origin: 'live' })
  // A copy of what INBOX brought is the same message in a second place.
  mailbox.deliver(mail('copied'))
  await waitForStored('copied')
  mailbox.deliver(mail('copied'), { folder: 'Financeiro' })
  mailbox.deliver(mail('after the copy'), { folder: 'Financeiro' })
  await waitForStored('after the copy')
  expect(await stored('copied')).toHaveLength(1)
})

test('what lies in folders that nobody chose is not read', async () => {
  mailbox.deliver(mail('private'), { folder: 'Pessoal' })
  mailbox.deliver(mail('public'))
  await waitForStored('public')
  expect(await stored('private')).toEqual([])
})

test('a mail in quarantine is read again in whichever folder it lies', async () => {
  const form = { ...formOf(mailbox), policy: { allowHosts: ['127.0.0.0/8'] } }
  const opened = await openMailbox(emailAccount(form), { folder: 'Pessoal' })
  const { uidValidity } = opened.status()
  await opened.close()
  await platform.db
    .insertInto('quarantine')
    .values({
      account_id: ref.accountId,
      inbox_id: ref.inboxId,
      folder: 'Pessoal',
      uidvalidity: Number(uidValidity),
      uid: 1,
      arrival: 'live',
      reason: 'not_understood',
      evidence: '',
      status: 'retrying',
    })
    .execute()
  await platform.temporal.updateInbox(ref, 'syncNow', {})
  expect(await waitForStored('private')).toMatchObject({ direction: 'incoming' })
})

test('a folder that is not there is refused when it is chosen, and nothing changes', async () => {
  const { settings, credentials } = formOf(mailbox)
  const form = { settings: { ...settings, folders: ['INBOX', 'Nowhere'] }, credentials }
  const draftId = await saveDraft(platform.db, platform.vault, ref, form)
  await expect(platform.temporal.updateInbox(ref, 'reconnect', { draftId })).rejects.toMatchObject({
    cause: { message: 'folder_not_found' },
  })
  const { settings: kept } = await platform.row(ref)
  expect(kept).toMatchObject({ folders: ['INBOX', 'Financeiro'] })
})

test('files of large mails are fetched from whichever folder the mail lies in', async () => {
  const large = (subject: string) =>
    Buffer.concat([
      Buffer.from(
        [
          'From: Carla <carla@customer.test>',
          'To: support@shop.test',
          `Subject: ${subject}`,
          `Message-ID: <${subject}@customer.test>`,
          'MIME-Version: 1.0',
          'Content-Type: multipart/mixed; boundary=b',
          '',
          '--b',
          '',
          `Text of ${subject}`,
          '--b',
          'Content-Type: application/octet-stream',
          'Content-Disposition: attachment; filename=large.bin',
          'Content-Transfer-Encoding: base64',
          '',
          `${'QUJD'.repeat(30_000)}`,
          '--b--',
          '',
        ].join('\r\n'),
      ),
    ])
  mailbox.deliver(large('large-in-billing'), { folder: 'Financeiro' })
  mailbox.deliver(large('large-in-sent'), { folder: 'Sent', seen: true })
  for (const subject of ['large-in-billing', 'large-in-sent']) {
    const { id } = await waitForStored(subject)
    const file = () =>
      platform.db
        .selectFrom('attachments')
        .select(['state', 'size'])
        .where('message_id', '=', id)
        .executeTakeFirstOrThrow()
    await waitFor(async () => (await file()).state !== 'in_mailbox', { what: subject })
    expect(await file()).toEqual({ state: 'stored', size: 90_000 })
  }
})

test('a folder removed since it was chosen holds no import up', async () => {
  await platform.db
    .updateTable('inboxes')
    .set({ settings: { ...formOf(mailbox).settings, folders: ['INBOX', 'Removed'] } })
    .where('id', '=', ref.inboxId)
    .execute()
  const { id: importId } = await platform.db
    .insertInto('imports')
    .values({
      account_id: ref.accountId,
      inbox_id: ref.inboxId,
      number: 2,
      import_window: { kind: 'all' },
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  await platform.temporal.updateInbox(ref, 'startImport', { importId, number: 2 })
  const status = () =>
    platform.db
      .selectFrom('imports')
      .select('status')
      .where('id', '=', importId)
      .executeTakeFirstOrThrow()
  await waitFor(async () => (await status()).status === 'completed', { what: 'the import' })
})
