// Reading autoconfig documents: what is taken from them, and what never is.
import { expect, test } from 'vitest'
import { readAutoconfig } from '../../../../channels/email/discovery/autoconfig-xml.ts'
import { autoconfigOf, serverOf } from './autoconfig-document.ts'

const ADDRESS = 'ana@shop.test'
const read = (...servers: string[]) => readAutoconfig(autoconfigOf(servers), ADDRESS)

test('servers come in the order of the document, others than IMAP and SMTP are passed over', () => {
  const found = read(
    serverOf('pop3', { host: 'pop.shop.test', port: 995 }),
    serverOf('imap', { host: 'IMAP.shop.test' }),
    serverOf('imap', { host: 'imap.shop.test', port: 143, socketType: 'starttls' }),
    serverOf('smtp', { host: 'smtp.shop.test', port: 465 }),
  )
  expect(found).toEqual({
    provider: 'Shop mail',
    imap: [
      { host: 'imap.shop.test', port: 993, encryption: 'tls', login: ADDRESS },
      { host: 'imap.shop.test', port: 143, encryption: 'starttls', login: ADDRESS },
    ],
    smtp: [{ host: 'smtp.shop.test', port: 465, encryption: 'tls', login: ADDRESS }],
  })
})

test.each([
  ['%EMAILADDRESS%', ADDRESS],
  ['%EMAILLOCALPART%', 'ana'],
  ['%EMAILLOCALPART%@%EMAILDOMAIN%', ADDRESS],
  ['shop_ana', 'shop_ana'],
  ['', ADDRESS],
  ['%REALNAME%', ADDRESS],
  ['a &amp; b', ADDRESS],
  ['x'.repeat(500), ADDRESS],
])('the login "%s" is %s', (username, login) => {
  expect(read(serverOf('imap', { host: 'imap.shop.test', username }))?.imap[0]?.login).toBe(login)
})

test.each([
  ['a connection without encryption', { socketType: 'plain' }],
  ['a server for sign-ins only', { authentication: 'OAuth2' }],
  ['a server that asks for no login', { authentication: 'none' }],
  ['a host that is none', { host: 'imap shop' }],
  ['a host with a path', { host: 'imap.shop.test/x' }],
  ['a bare name', { host: 'localhost' }],
  ['a port that is none', { port: Number.NaN }],
])('%s is left out', (_, change) => {
  expect(read(serverOf('imap', { host: 'imap.shop.test', ...change }))).toBeUndefined()
})

test.each([
  ['nothing', ''],
  ['a web page', '<!doctype html><html><body>Hello</body></html>'],
  ['half a document', autoconfigOf([serverOf('imap', { host: 'imap.shop.test' })]).slice(0, 300)],
  ['another document', '<clientConfig><emailProvider>text</emailProvider></clientConfig>'],
  ['numbers', '12345'],
  ['a deep well', '<a>'.repeat(5_000)],
])('%s is no autoconfig', (_, document) => {
  expect(readAutoconfig(document, ADDRESS)).toBeUndefined()
})

test('a document with a DTD is not read at all, so that no entity is ever expanded', () => {
  const document = autoconfigOf([serverOf('imap', { host: 'imap.shop.test' })])
  const body = document.replace(/^.*\n/, '')
  expect(readAutoconfig(body, ADDRESS)?.imap).toHaveLength(1)
  for (const dtd of [
    '<!DOCTYPE clientConfig>',
    '<!DOCTYPE c [<!ENTITY host SYSTEM "file:///etc/hostname">]>',
    '<!doctype c [<!ENTITY host "imap.shop.test">]>',
  ]) {
    expect(readAutoconfig(`${dtd}${body}`, ADDRESS), dtd).toBeUndefined()
  }
  // Without one an entity is only text, and no name of a host.
  expect(readAutoconfig(body.replace('imap.shop', 'imap&host;'), ADDRESS)).toBeUndefined()
})
