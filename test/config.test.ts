// The environment is checked once, wholly, and never shown.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { loadConfig } from '../config.ts'

const key = Buffer.alloc(32, 1).toString('base64')
const good = { DATABASE_URL: 'postgres://localhost/x', ENCRYPTION_KEYS: `k2:${key},k1:${key}` }

test('a good environment becomes a frozen configuration, newest key first', () => {
  const config = loadConfig({ ...good, ALLOW_HOSTS: 'Mail.Local, 10.0.0.0/8 ', PORT: '8080' })
  expect(config.encryptionKeys.map(({ id }) => id)).toEqual(['k2', 'k1'])
  expect(config.allowHosts).toEqual(['mail.local', '10.0.0.0/8'])
  expect(config.publicUrl).toBe('http://localhost:8080')
  expect(Object.isFrozen(config)).toBe(true)
})

test('resolvers are addresses with or without a port', () => {
  const { dnsServers } = loadConfig({
    ...good,
    DNS_SERVERS: '10.0.0.2, 10.0.0.3:5353,[::1]:53,::1',
  })
  expect(dnsServers).toEqual(['10.0.0.2', '10.0.0.3:5353', '[::1]:53', '::1'])
  for (const DNS_SERVERS of ['dns.local', '10.0.0.2:x', '10.0.0']) {
    expect(() => loadConfig({ ...good, DNS_SERVERS })).toThrow(/DNS_SERVERS must be IP addresses/)
  }
})

test('seconds may have decimals, and outside of their bounds they are a mistake', () => {
  const { tuning } = loadConfig({ ...good, RECYCLE_SECONDS: '0.5' })
  expect(tuning).toMatchObject({ recycleMs: 500, idleCheckMs: 300_000, importPage: 500 })
  expect(() => loadConfig({ ...good, RECYCLE_SECONDS: 'soon' })).toThrow(/RECYCLE_SECONDS must be/)
})

test('system mail is from the login when that is an address, unless a sender is named', () => {
  const at = { ...good, PUBLIC_URL: 'https://chat.example.com' }
  const mailer = (env: Record<string, string>) => loadConfig({ ...at, ...env }).systemMailer
  expect(mailer({})).toBeNull()
  const url = 'smtp://us%40example.com:x@mail.example.com'
  expect(mailer({ SYSTEM_SMTP_URL: url })?.from).toBe('us@example.com')
  const anonymous = { SYSTEM_SMTP_URL: 'smtps://mail.example.com' }
  expect(mailer(anonymous)).toMatchObject({ from: 'no-reply@chat.example.com' })
  expect(mailer({ ...anonymous, SYSTEM_MAIL_FROM: 'desk@x.com' })?.from).toBe('desk@x.com')
})

test('a value may lie in a file, and the password of the database apart from its address', () => {
  const dir = mkdtempSync(join(tmpdir(), 'secrets-'))
  onTestFinished(() => rmSync(dir, { recursive: true }))
  const [keys, password] = [join(dir, 'keys'), join(dir, 'password')]
  writeFileSync(keys, `k9:${key}\n`)
  writeFileSync(password, 'p@ss/word%\n')
  const files = { ENCRYPTION_KEYS_FILE: keys, DATABASE_PASSWORD_FILE: password }
  const config = loadConfig({ DATABASE_URL: 'postgres://us@localhost/x', ...files })
  expect(config.encryptionKeys.map(({ id }) => id)).toEqual(['k9'])
  expect(config.databaseUrl).toBe('postgres://us:p%40ss%2Fword%25@localhost/x')
  const both = { ...good, ...files, DATABASE_URL: 'postgres://us:mine@localhost/x' }
  expect(loadConfig(both).databaseUrl).toBe(both.DATABASE_URL)
  expect(loadConfig(both).encryptionKeys).toHaveLength(2)
  expect(() => loadConfig({ ...good, ADMIN_API_KEY_FILE: join(dir, 'none') })).toThrow(
    /ADMIN_API_KEY_FILE cannot be read \(ENOENT\)/,
  )
})

test('every mistake is named with its remedy at once, without the value', () => {
  const env = { ENCRYPTION_KEYS: 'k1:c2hvcnQ=', PORT: 'planted', LOG_LEVEL: 'loud' }
  expect(() => loadConfig(env)).toThrow(/DATABASE_URL is missing: set it/)
  expect(() => loadConfig(env)).toThrow(/PORT must be a whole number/)
  expect(() => loadConfig(env)).toThrow(/LOG_LEVEL must be one of: fatal/)
  expect(() => loadConfig(env)).toThrow(/ENCRYPTION_KEYS cannot be read: .*openssl/)
  expect(() => loadConfig(env)).not.toThrow(/planted|c2hvcnQ/)
})

test('attachments go to a bucket when one is named; its keys come in pairs', () => {
  expect(loadConfig(good).s3).toBeNull()
  const bucket = { ...good, S3_BUCKET: 'files', S3_ENDPOINT: 'http://store.test' }
  expect(loadConfig(bucket).s3).toEqual({
    bucket: 'files',
    region: 'us-east-1',
    endpoint: 'http://store.test',
    credentials: null,
    prefix: '',
  })
  const half = { ...bucket, S3_ACCESS_KEY_ID: 'id' }
  expect(() => loadConfig(half)).toThrow('S3_SECRET_ACCESS_KEY go together')
})
