// The connect form: defaults of the articles, and what it refuses by field.
import { expect, test } from 'vitest'
import { validateEmailForm } from '../../../channels/email/index.ts'
import { presetOf } from '../../../channels/mail/presets.ts'

const form = {
  address: 'Ana@Inbox.Test',
  imap: { host: 'imap.inbox.test', password: 'pw' },
  smtp: { host: 'smtp.inbox.test', password: 'pw2' },
}

test('a short form gets the defaults of the articles', () => {
  expect(validateEmailForm(form)).toEqual({
    settings: {
      address: 'Ana@inbox.test',
      aliases: [],
      imap: {
        host: 'imap.inbox.test',
        port: 993,
        login: 'Ana@inbox.test',
        encryption: 'tls',
        certificate: 'peer',
      },
      smtp: {
        host: 'smtp.inbox.test',
        port: 587,
        login: 'Ana@inbox.test',
        encryption: 'starttls',
        certificate: 'none',
        authentication: 'login',
      },
      folders: ['INBOX'],
      sync_sent: true,
    },
    credentials: { imap_password: 'pw', smtp_password: 'pw2' },
  })
})

test('receive-only and send-only exist', () => {
  expect(validateEmailForm({ ...form, smtp: { enabled: false } }).settings.smtp).toBeUndefined()
  expect(validateEmailForm({ ...form, imap: null }).settings.imap).toBeUndefined()
})

test.each([
  [{ ...form, address: 'nobody' }, 'address', 'not_an_address'],
  [{ address: 'a@b.test' }, 'imap', 'nothing_enabled'],
  [{ ...form, imap: { password: 'x' } }, 'imap.host', 'missing'],
  [{ ...form, imap: { host: 'a b', password: 'x' } }, 'imap.host', 'not_a_host'],
  [{ ...form, imap: { ...form.imap, port: 70_000 } }, 'imap.port', 'not_a_port'],
  [{ ...form, imap: { host: 'h.test' } }, 'imap.password', 'missing'],
  [{ ...form, imap: { ...form.imap, login: 'a\r\nb' } }, 'imap.login', 'not_a_login'],
  [
    { ...form, imap: { ...form.imap, encryption: 'ssl' } },
    'imap.encryption',
    'not_one_of_tls_starttls_none',
  ],
  [{ ...form, imap: { ...form.imap, encryption: 'none' } }, 'imap.encryption', 'password_in_clear'],
  [{ ...form, smtp: { ...form.smtp, encryption: 'none' } }, 'smtp.encryption', 'password_in_clear'],
  [
    { ...form, smtp: { ...form.smtp, authentication: 'ntlm' } },
    'smtp.authentication',
    'not_one_of_login_plain_cram_md5',
  ],
  [{ ...form, folders: [] }, 'folders', 'not_a_list_of_folders'],
  ['text', 'form', 'not_an_object'],
])('%j is refused at %s: %s', (bad, field, reason) => {
  expect(() => validateEmailForm(bad)).toThrow(expect.objectContaining({ field, reason }))
})

test('an operator may allow a host without encryption', () => {
  const clear = { ...form, imap: { ...form.imap, encryption: 'none' } }
  const { settings } = validateEmailForm(clear, { allowHosts: ['imap.inbox.test'] })
  expect(settings.imap).toMatchObject({ encryption: 'none', port: 143 })
})

test('known providers have their servers, and their better channel', () => {
  expect(presetOf('a@gmail.com')).toMatchObject({
    imap: { host: 'imap.gmail.com' },
    oauth: 'google',
  })
  expect(presetOf('a@hotmail.com')?.oauth).toBe('microsoft')
  expect(presetOf('imap.gmail.com')?.oauth).toBe('google')
  expect(presetOf('a@unknown.test')).toBeUndefined()
})

test('other addresses of the mailbox are stored once each, and must be addresses', () => {
  const aliases = ['support@SHOP.test', ' support@shop.test', 'sales@shop.test']
  const { settings } = validateEmailForm({ ...form, aliases })
  expect(settings.aliases).toEqual(['support@shop.test', 'sales@shop.test'])
  const refused = { field: 'aliases', reason: 'not_addresses' }
  for (const wrong of [['not one'], 'support@shop.test', [7]]) {
    expect(() => validateEmailForm({ ...form, aliases: wrong })).toThrow(
      expect.objectContaining(refused),
    )
  }
})
