// The servers that start, demo and tests stand on do what the tests believe of them.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client, Connection } from '@temporalio/client'
import { ImapFlow } from 'imapflow'
import nodemailer from 'nodemailer'
import postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { startPostgres } from '../../scripts/servers/postgres.ts'
import { type SmtpFault, smtpFaults } from '../../scripts/servers/smtp-faults.ts'
import { startProxy } from '../../scripts/servers/tcp-proxy.ts'
import { searchAttributes, startTemporal } from '../../scripts/servers/temporal.ts'
import { type Mailbox, startMailbox } from '../support/mail-server.ts'
import { waitFor } from '../support/wait-for.ts'

const scratch = mkdtempSync(join(tmpdir(), 'servers-test-'))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

const mail = (subject: string) =>
  `From: Ana <ana@client.test>\r\nSubject: ${subject}\r\nMessage-ID: <${subject}@x>\r\n\r\nOi\r\n`

describe('Postgres', () => {
  it('keeps its rows over a restart and a crash, and copies a database from a template', async () => {
    const server = await startPostgres({ dataDir: join(scratch, 'postgres'), database: 'first' })
    onTestFinished(server.stop)
    const rows = async (url: string, statement: string) => {
      const sql = postgres(url, { max: 1 })
      return sql.unsafe(statement).finally(() => sql.end())
    }
    await rows(server.url, 'create table kept (n int); insert into kept values (1)')
    await server.restart()
    await rows(server.url, 'insert into kept values (2)')
    await server.restart({ crash: true })
    expect(await rows(server.url, 'select n from kept order by n')).toEqual([{ n: 1 }, { n: 2 }])
    await server.createDatabase('copy', 'first')
    expect(await rows(server.urlOf('copy'), 'select count(*)::int from kept')).toEqual([
      { count: 2 },
    ])
    await server.stop()
    const again = await startPostgres({ dataDir: join(scratch, 'postgres'), database: 'first' })
    onTestFinished(again.stop)
    expect(await rows(again.url, 'select n from kept order by n')).toHaveLength(2)
  })
})

describe('Temporal', () => {
  it('answers with our search attributes and keeps its workflows over a crash', async () => {
    const server = await startTemporal({
      dbFile: join(scratch, 'temporal', 'state.db'),
      namespace: 'kept',
    })
    onTestFinished(server.stop)
    const connect = async () => {
      const connection = await Connection.connect({ address: server.address })
      onTestFinished(() => connection.close())
      return new Client({ connection, namespace: 'kept' })
    }
    const before = await connect()
    await before.workflow.start('nobodyRunsThis', { taskQueue: 'none', workflowId: 'kept-one' })
    await server.restart({ crash: true })
    const after = await connect()
    const description = await after.workflow.getHandle('kept-one').describe()
    expect(description.status.name).toBe('RUNNING')
    const { customAttributes } = await after.connection.operatorService.listSearchAttributes({
      namespace: 'kept',
    })
    expect(Object.keys(customAttributes ?? {})).toEqual(
      expect.arrayContaining(Object.keys(searchAttributes)),
    )
    expect((await fetch(server.uiUrl)).ok).toBe(true)
  })
})

describe('Dovecot', () => {
  let mailbox: Mailbox
  beforeAll(async () => {
    mailbox = await startMailbox()
  })
  afterAll(() => mailbox.stop())

  const login = (pass = mailbox.password, port = mailbox.imap.port) =>
    connected(mailbox, pass, port)

  it('accepts the right password and shows its special folders', async () => {
    const client = await login()
    const special = (await client.list()).map((folder) => folder.specialUse)
    expect(special).toEqual(
      expect.arrayContaining(['\\Inbox', '\\Sent', '\\Drafts', '\\Trash', '\\Junk']),
    )
  })

  it('tells IDLE of a delivered mail', async () => {
    const client = await login()
    await client.mailboxOpen('INBOX')
    const told = new Promise((resolve) => client.once('exists', resolve))
    void client.idle()
    mailbox.deliver(mail('idle'))
    await told
  })

  it('numbers mails in the order they were delivered, with the dates they were given', async () => {
    const folder = 'Lixo eletrônico/Ofertas & cia'
    const day = (n: number) => new Date(Date.UTC(2026, 0, n))
    const mails = [3, 1, 2].map((n) => ({ raw: mail(`n${n}`), folder, internalDate: day(n) }))
    mailbox.deliverAll(mails)
    const client = await login()
    await client.mailboxOpen(folder)
    const found = await client.fetchAll('1:*', { envelope: true, internalDate: true })
    expect(found.map((message) => message.envelope?.subject)).toEqual(['n3', 'n1', 'n2'])
    expect(found.map((message) => Number(message.internalDate))).toEqual(
      [3, 1, 2].map((n) => day(n).getTime()),
    )
  })

  it('refuses the old password from the moment it is changed, every time', async () => {
    const first = mailbox.password
    for (const next of ['another1', 'another2', first]) {
      const old = next === 'another1' ? first : next === 'another2' ? 'another1' : 'another2'
      await mailbox.changePassword(next)
      await expect(login(old)).rejects.toMatchObject({
        serverResponseCode: 'AUTHENTICATIONFAILED',
      })
      await login(next)
    }
  })

  it('answers UNAVAILABLE while its password store is broken', async () => {
    mailbox.imap.setAuthBroken(true)
    onTestFinished(() => mailbox.imap.setAuthBroken(false))
    await expect(login()).rejects.toMatchObject({ serverResponseCode: 'UNAVAILABLE' })
  })

  it('drops a connection that is kicked, and can change a UIDVALIDITY', async () => {
    const client = await login()
    const closed = new Promise<void>((resolve) => client.once('close', () => resolve()))
    await mailbox.imap.kick(mailbox.address)
    await closed
    await mailbox.imap.setUidValidity(mailbox.address, 4242)
    expect((await (await login()).mailboxOpen('INBOX')).uidValidity).toBe(4242n)
  })

  it('comes back on the same port after a restart, with its mail', async () => {
    mailbox.deliver(mail('stays'), { folder: 'Kept' })
    await mailbox.imap.restart()
    expect((await (await login()).mailboxOpen('Kept')).exists).toBe(1)
  })

  it('answers LIMIT to one connection too many', async () => {
    const narrow = await startMailbox({ imap: { maxConnectionsPerUser: 1 } })
    onTestFinished(narrow.stop)
    await connected(narrow)
    await expect(connected(narrow)).rejects.toMatchObject({ serverResponseCode: 'LIMIT' })
  })

  it.each(['starttls', 'implicit'] as const)('speaks %s with its own certificate', async (tls) => {
    const secure = await startMailbox({
      imap: { tls, hiddenCapabilities: ['IDLE'] },
      smtp: { tls },
    })
    onTestFinished(secure.stop)
    const client = new ImapFlow({
      host: 'localhost',
      port: secure.imap.port,
      secure: tls === 'implicit',
      ...(tls === 'starttls' ? { doSTARTTLS: true } : {}),
      tls: { ca: secure.imap.certificate!.cert },
      auth: { user: secure.address, pass: secure.password },
      logger: false,
    })
    client.on('error', () => {})
    await client.connect()
    expect(client.secureConnection).toBe(true)
    expect(client.capabilities.has('IDLE')).toBe(false)
    await client.logout()
    const transport = nodemailer.createTransport({
      host: 'localhost',
      port: secure.smtp.port,
      secure: tls === 'implicit',
      requireTLS: true,
      tls: { ca: secure.smtp.certificate!.cert },
      auth: { user: secure.address, pass: secure.password },
    })
    await transport.sendMail({ from: secure.address, to: 'x@y.test', raw: mail('secure') })
    expect(secure.smtp.received[0]?.secure).toBe(true)
  })

  it('is reached through a proxy that delays, cuts, stalls and refuses', async () => {
    const { port } = mailbox.imap
    const proxy = await startProxy({ target: { port }, delayMs: 20 })
    onTestFinished(proxy.stop)
    const client = await login(mailbox.password, proxy.port)
    const order: string[] = []
    const far = client.noop().then(() => order.push('far'))
    proxy.stall(true)
    const near = await login()
    await near.noop().then(() => order.push('near'))
    proxy.stall(false)
    await far
    expect(order).toEqual(['near', 'far'])
    const closed = new Promise<void>((resolve) => client.once('close', () => resolve()))
    proxy.cut()
    await closed
    await waitFor(() => proxy.connections === 0, { what: 'the proxy forgets what it cut' })
    proxy.refuse(true)
    await expect(login(mailbox.password, proxy.port)).rejects.toThrow()
    proxy.refuse(false)
    await login(mailbox.password, proxy.port)
  })
})

describe('SMTP', () => {
  let mailbox: Mailbox
  beforeAll(async () => {
    mailbox = await startMailbox()
  })
  afterAll(() => mailbox.stop())

  const send = (subject: string, pass = mailbox.password, to = 'ana@client.test') =>
    nodemailer
      .createTransport({
        host: mailbox.smtp.host,
        port: mailbox.smtp.port,
        auth: { user: mailbox.address, pass },
      })
      .sendMail({ envelope: { from: mailbox.address, to }, raw: mail(subject) })

  it('keeps what it receives, with the envelope and who sent it', async () => {
    const before = mailbox.smtp.received.length
    await send('kept')
    const last = (await mailbox.smtp.waitFor(before + 1)).at(-1)
    expect(last).toMatchObject({
      from: mailbox.address,
      to: ['ana@client.test'],
      user: mailbox.address,
      secure: false,
    })
    expect(last?.raw.toString()).toBe(mail('kept'))
  })

  it('delivers mail to its own address into the Dovecot beside it', async () => {
    await send('local', mailbox.password, mailbox.address)
    const client = await connected(mailbox)
    expect((await client.mailboxOpen('INBOX')).exists).toBe(1)
  })

  it('refuses a wrong password', async () => {
    await expect(send('wrong', 'wrong')).rejects.toMatchObject({ responseCode: 535 })
  })

  const replies = Object.entries<SmtpFault>(smtpFaults).filter(([, fault]) => fault.reply)
  it.each(replies)('answers in the words of %s, keeps nothing, and mends', async (_name, fault) => {
    const before = mailbox.smtp.received.length
    mailbox.smtp.fail(fault)
    onTestFinished(mailbox.smtp.mend)
    await expect(send('refused')).rejects.toMatchObject({
      responseCode: Number(fault.reply?.slice(0, 3)),
      response: expect.stringContaining(fault.reply ?? ''),
    })
    expect(mailbox.smtp.received).toHaveLength(before)
    mailbox.smtp.mend()
    await send('mended')
    expect(mailbox.smtp.received).toHaveLength(before + 1)
  })

  it.each([
    ['closeBeforeData', 0],
    ['closeDuringData', 0],
    ['closeAfterData', 1],
  ] as const)('hangs up without an answer for %s, having kept %i mails', async (name, kept) => {
    const before = mailbox.smtp.received.length
    mailbox.smtp.fail(smtpFaults[name], { times: 1 })
    await expect(send('lost')).rejects.not.toHaveProperty('responseCode')
    expect(mailbox.smtp.received).toHaveLength(before + kept)
    await send('after')
    expect(mailbox.smtp.received).toHaveLength(before + kept + 1)
  })

  it('goes on as usual after a delay', async () => {
    mailbox.smtp.fail({ at: 'mail', delayMs: 50 }, { times: 1 })
    await send('slow')
  })
})

async function connected(
  mailbox: Mailbox,
  pass = mailbox.password,
  port = mailbox.imap.port,
): Promise<ImapFlow> {
  const client = new ImapFlow({
    host: mailbox.imap.host,
    port,
    secure: false,
    doSTARTTLS: false,
    auth: { user: mailbox.address, pass },
    logger: false,
  })
  client.on('error', () => {})
  await client.connect()
  onTestFinished(() => client.close())
  return client
}
