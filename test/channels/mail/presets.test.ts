// The table of providers: every row is whole, and addresses, hosts and mail exchangers lead to it.
import { expect, test } from 'vitest'
import { presetOf, presetOfExchanger } from '../../../channels/mail/presets.ts'
import { PROVIDERS } from '../../../channels/mail/providers.ts'

const rows = PROVIDERS.trim()
  .split(/\n(?! )/)
  .map((row) => row.split('|').map((cell) => cell.trim().replace(/\s+/g, ' ')))
const words = (cell = '') => cell.split(' ').filter(Boolean)

test('every row has a name, two encrypted servers, known notes and well-formed domains', () => {
  expect(rows.length).toBeGreaterThan(100)
  const notes = /^(?:google|microsoft|app|switch|sent|local|imap-local)?$/
  const domain = /^(?:[a-z0-9-]+\.)+[a-z]{2,}$/
  for (const row of rows) {
    expect(row, row[0]).toHaveLength(6)
    const [name, imap, smtp, noted, domains, exchangers] = row
    expect(name).toMatch(/\S/)
    expect(imap, name).toMatch(/^(?:[a-z0-9-]+\.)+[a-z]+:(?:993|143)$/)
    expect(smtp, name).toMatch(/^(?:[a-z0-9-]+\.)+[a-z]+:(?:465|587)$/)
    for (const note of words(noted)) expect(note, name).toMatch(notes)
    for (const one of words(`${domains} ${exchangers}`)) expect(one, name).toMatch(domain)
    expect(words(`${domains} ${exchangers}`), name).not.toEqual([])
  }
})

test('no domain and no exchanger belongs to two providers', () => {
  for (const column of [4, 5]) {
    const all = rows.flatMap((row) => words(row[column]))
    expect(all.filter((one, at) => all.indexOf(one) !== at)).toEqual([])
  }
})

test.each([
  ['ana@gmail.com', 'imap.gmail.com', 993, 'smtp.gmail.com', 587],
  ['ana@hotmail.com', 'outlook.office365.com', 993, 'smtp-mail.outlook.com', 587],
  ['ana@live.com', 'outlook.office365.com', 993, 'smtp-mail.outlook.com', 587],
  ['ana@yahoo.com.br', 'imap.mail.yahoo.com', 993, 'smtp.mail.yahoo.com', 465],
  ['ana@icloud.com', 'imap.mail.me.com', 993, 'smtp.mail.me.com', 587],
  ['ana@zoho.com', 'imap.zoho.com', 993, 'smtp.zoho.com', 465],
  ['ana@uol.com.br', 'imap.uol.com.br', 993, 'smtps.uol.com.br', 587],
  ['ana@bol.com.br', 'imap.bol.com.br', 993, 'smtps.bol.com.br', 587],
  ['ana@terra.com.br', 'imap.terra.com.br', 993, 'smtp.terra.com.br', 587],
  ['ana@gmx.com', 'imap.gmx.com', 993, 'mail.gmx.com', 465],
  ['ana@yandex.com', 'imap.yandex.com', 993, 'smtp.yandex.com', 465],
  ['Ana@FASTMAIL.com', 'imap.fastmail.com', 993, 'smtp.fastmail.com', 465],
  ['ana@wanadoo.fr', 'imap.orange.fr', 993, 'smtp.orange.fr', 465],
])('%s is at %s:%i and %s:%i', (address, imap, imapPort, smtp, smtpPort) => {
  expect(presetOf(address)).toMatchObject({
    imap: { host: imap, port: imapPort },
    smtp: { host: smtp, port: smtpPort },
  })
})

test.each([
  ['aspmx.l.google.com', 'Gmail'],
  ['shop-test.mail.protection.outlook.com', 'Microsoft 365'],
  ['mx.a.locaweb.com.br', 'Locaweb'],
  ['mx1.hostinger.com', 'Hostinger'],
  ['mx1.titan.email', 'Titan'],
  ['mx-vip-01-farm64.kinghost.net', 'KingHost'],
  ['mx.uhserver.com', 'UOL Host'],
  ['mailstore1.secureserver.net', 'GoDaddy'],
  ['mx00.ionos.com', 'IONOS'],
  ['MX.Zoho.com', 'Zoho'],
  ['in1-smtp.messagingengine.com', 'Fastmail'],
])('mail that goes to %s is kept by %s', (exchanger, name) => {
  expect(presetOfExchanger(exchanger)?.name).toBe(name)
})

test('an exchanger nobody knows, or one that only ends alike, is nobody', () => {
  for (const host of ['mx.shop.test', 'evilgoogle.com', 'google.com.evil.test', 'com', '']) {
    expect(presetOfExchanger(host), host).toBeUndefined()
  }
})

test('encryption follows the port, and the login what the provider calls it', () => {
  expect(presetOf('ana@uol.com.br')).toMatchObject({
    imap: { encryption: 'tls', login: 'local_part' },
    smtp: { encryption: 'starttls', login: 'local_part' },
    switchedOff: true,
  })
  expect(presetOf('ana@icloud.com')).toMatchObject({
    imap: { login: 'local_part' },
    smtp: { login: 'address' },
    appPassword: true,
  })
})
