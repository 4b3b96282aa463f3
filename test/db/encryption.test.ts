import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { createVault } from '../../db/encryption.ts'

const old = { id: 'old', key: randomBytes(32) }
const fresh = { id: 'fresh', key: randomBytes(32) }
const target = { accountId: 1, row: 'credentials/17' }
const secret = { imap_password: 'segredo-1' }

test('a sealed secret opens only in its own row and account', () => {
  const vault = createVault([fresh])
  const sealed = vault.seal(target, secret)
  expect(vault.open(target, sealed)).toEqual(secret)
  expect(() => vault.open({ ...target, accountId: 2 }, sealed)).toThrow('could not be opened')
  expect(() => vault.open({ ...target, row: 'credentials/18' }, sealed)).toThrow()
})

test('a rotated key still opens what it sealed, and a missing one is named', () => {
  const sealed = createVault([old]).seal(target, secret)
  const rotated = createVault([fresh, old])
  expect(rotated.open(target, sealed)).toEqual(secret)
  expect(rotated.seal(target, secret).keyId).toBe('fresh')
  expect(() => createVault([fresh]).open(target, sealed)).toThrow('"old" is not configured')
})

test('neither ciphertext nor error shows the secret', () => {
  const vault = createVault([fresh])
  const sealed = vault.seal(target, secret)
  expect(sealed.ciphertext.includes('segredo-1')).toBe(false)
  sealed.ciphertext[20]! ^= 1
  expect(() => vault.open(target, sealed)).toThrow(/^A secret of credentials\/17/)
})

test('a key of the wrong length is refused by name', () => {
  expect(() => createVault([{ id: 'short', key: randomBytes(16) }])).toThrow('"short"')
})
