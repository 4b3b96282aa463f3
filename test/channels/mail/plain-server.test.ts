// A server as Microsoft's is, or an old one: no CONDSTORE, no SPECIAL-USE, folders in any language.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { dovecotInbox, mailOf } from './dovecot-inbox.ts'

let inbox: Awaited<ReturnType<typeof dovecotInbox>>
const hiddenCapabilities = [
  ...['CONDSTORE', 'QRESYNC', 'ENABLE', 'ESEARCH', 'SEARCHRES', 'SPECIAL-USE', 'UIDPLUS'],
  ...['LIST-EXTENDED', 'LIST-STATUS', 'STATUS=SIZE', 'IDLE', 'MOVE', 'SASL-IR', 'BINARY'],
]
beforeAll(async () => {
  inbox = await dovecotInbox({ hiddenCapabilities, noSpecialFolders: true })
})
afterAll(() => inbox?.stop())

test.each([
  'Sent',
  'Sent Items',
  'Enviados',
  'Enviadas',
  'Itens enviados',
  'E-mails enviados',
  'Mensagens enviadas',
  'Elementos enviados',
  'Éléments envoyés',
  'Gesendete Elemente',
  'Posta inviata',
  'INBOX/Enviados',
])('the sent mails are found in "%s" by its name', async (name) => {
  const address = inbox.newAddress()
  for (const folder of [name, 'Enviados para o cliente', 'Pedidos']) {
    await inbox.server.doveadm('mailbox', 'create', '-u', address, folder)
  }
  const mailbox = await inbox.open(address)
  expect(await mailbox.sentFolder()).toBe(name)
  // Without UIDPLUS nobody says where the copy lies, but it can be found.
  const raw = mailOf(1, { From: address, 'Message-ID': '<ours@inbox.test>' })
  await mailbox.appendSent(Buffer.from(raw))
  expect(await mailbox.findBySourceId('ours@inbox.test')).toMatchObject({ folder: name, uid: 1 })
  await mailbox.close()
})

test('a mailbox without any such folder has none, and sending does not need it', async () => {
  const address = inbox.newAddress()
  await inbox.server.doveadm('mailbox', 'create', '-u', address, 'Pedidos')
  const mailbox = await inbox.open(address)
  expect(await mailbox.sentFolder()).toBeUndefined()
  expect(await mailbox.appendSent(Buffer.from(mailOf(1)))).toBeUndefined()
  await mailbox.close()
})

test('new mail is found by its UIDs, whatever was expunged or moved away meanwhile', async () => {
  const address = inbox.newAddress()
  for (let n = 1; n <= 4; n++) inbox.server.deliver(address, mailOf(n))
  const mailbox = await inbox.open(address)
  expect(mailbox.hasIdle).toBe(false)
  const { cursor } = await mailbox.pullLive(undefined, { limit: 10 })
  await inbox.server.doveadm('mailbox', 'create', '-u', address, 'Arquivo')
  const uids = (set: string) => ['mailbox', 'INBOX', 'uid', set]
  await inbox.server.doveadm('move', '-u', address, 'Arquivo', ...uids('3'))
  await inbox.server.doveadm('expunge', '-u', address, ...uids('4'))
  inbox.server.deliver(address, mailOf(5))
  inbox.server.deliver(address, mailOf(6))
  const page = await mailbox.pullLive(cursor, { limit: 10 })
  expect(page.messages.map(({ subject }) => subject)).toEqual(['Pedido 5', 'Pedido 6'])
  // Moved back it has a new UID, and is the same mail.
  const moved = await inbox.open(address, { folder: 'Arquivo' })
  const plan = { window: { kind: 'all' as const }, watermark: moved.status() }
  const history = await moved.pullHistory(await moved.planHistory(plan), { limit: 10 })
  await moved.close()
  await inbox.server.doveadm('move', '-u', address, 'INBOX', 'mailbox', 'Arquivo', 'all')
  const back = await mailbox.pullLive(page.cursor, { limit: 10 })
  expect(back.messages.map(({ externalId }) => externalId)).toEqual(
    history.messages.map(({ externalId }) => externalId),
  )
  expect(back.messages).toHaveLength(1)
  await mailbox.close()
})
