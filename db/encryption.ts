// Seals what must never be readable in a dump: credentials, drafts, webhook secrets.

import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'

export interface EncryptionKey {
  id: string
  /** 32 bytes. */
  key: Buffer
}

/** Which row a secret belongs to. A ciphertext copied to another row does not open there. */
export interface SealedFor {
  accountId: number
  /** Table and key of the row, such as `credentials/17`. */
  row: string
}

export interface Sealed {
  keyId: string
  /** Nonce (12 bytes), ciphertext, tag (16 bytes). */
  ciphertext: Buffer
}

export interface Vault {
  /** Key that new secrets are sealed with. */
  currentKeyId: string
  seal(target: SealedFor, value: unknown): Sealed
  /** @throws Error without any of the content, when the key is missing or the row is another. */
  open(target: SealedFor, sealed: Sealed): unknown
}

const NONCE = 12
const TAG = 16

/** AES-256-GCM (NIST SP 800-38D) with a random nonce; the first key seals, all of them open. */
export function createVault(keys: readonly EncryptionKey[]): Vault {
  const current = keys[0]
  if (!current) throw new Error('At least one encryption key is needed')
  for (const { id, key } of keys) {
    if (key.length !== 32) throw new Error(`Encryption key "${id}" must have 32 bytes`)
  }
  const byId = new Map(keys.map(({ id, key }) => [id, key]))
  return {
    currentKeyId: current.id,
    seal(target, value) {
      const nonce = randomBytes(NONCE)
      const cipher = createCipheriv('aes-256-gcm', current.key, nonce)
      cipher.setAAD(additionalData(target))
      const body = [cipher.update(JSON.stringify(value), 'utf8'), cipher.final()]
      return { keyId: current.id, ciphertext: Buffer.concat([nonce, ...body, cipher.getAuthTag()]) }
    },
    open(target, { keyId, ciphertext }) {
      const key = byId.get(keyId)
      if (!key) throw new Error(`Encryption key "${keyId}" is not configured`)
      const decipher = createDecipheriv('aes-256-gcm', key, ciphertext.subarray(0, NONCE), {
        authTagLength: TAG,
      })
      decipher.setAAD(additionalData(target))
      decipher.setAuthTag(ciphertext.subarray(-TAG))
      const body = ciphertext.subarray(NONCE, -TAG)
      try {
        return JSON.parse(Buffer.concat([decipher.update(body), decipher.final()]).toString('utf8'))
      } catch {
        // The cause may quote decrypted text, so it goes no further.
        throw new Error(`A secret of ${target.row} could not be opened`)
      }
    },
  }
}

function additionalData({ accountId, row }: SealedFor): Buffer {
  return Buffer.from(`${accountId}/${row}`)
}
