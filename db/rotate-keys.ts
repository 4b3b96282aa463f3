// Seals with the current key what an older key had sealed, in small batches and while all runs.

import { type RawBuilder, sql } from 'kysely'
import { configOrExit } from '../config.ts'
import { type Database, openDatabase } from './client.ts'
import { createVault, type Vault } from './encryption.ts'

/** Each table with secrets, the key of its rows, and the row's name in the sealed data. */
const SEALED = [
  { table: 'credentials', id: 'inbox_id', column: 'ciphertext' },
  { table: 'connect_drafts', id: 'id', column: 'ciphertext' },
  { table: 'bots', id: 'user_id', column: 'secret_ciphertext' },
  { table: 'webhooks', id: 'id', column: 'secret_ciphertext' },
] as const

const BATCH = 100

interface SealedRow {
  account_id: number
  id: number | string
  key_id: string
  ciphertext: Buffer
}

/** Returns how many were sealed anew; afterwards the older keys may leave ENCRYPTION_KEYS. */
export async function rotateKeys(db: Database, vault: Vault): Promise<number> {
  let rotated = 0
  for (const { table, id, column } of SEALED) {
    const names = { table: sql.table(table), id: sql.ref(id), column: sql.ref(column) }
    for (let count = -1; count !== 0; rotated += count) {
      count = await rotateBatch(db, vault, table, names)
    }
  }
  return rotated
}

type Names = Record<'table' | 'id' | 'column', RawBuilder<unknown>>

/** A lock per row and only for a moment: whoever writes credentials meanwhile simply waits. */
function rotateBatch(db: Database, vault: Vault, table: string, names: Names): Promise<number> {
  return db.transaction().execute(async (trx) => {
    const { rows } = await sql<SealedRow>`
      select account_id, ${names.id} as id, key_id, ${names.column} as ciphertext
      from ${names.table} where key_id <> ${vault.currentKeyId}
      order by account_id, ${names.id} limit ${BATCH} for update`.execute(trx)
    for (const row of rows) {
      const target = { accountId: row.account_id, row: `${table}/${row.id}` }
      const value = vault.open(target, { keyId: row.key_id, ciphertext: row.ciphertext })
      const { keyId, ciphertext } = vault.seal(target, value)
      await sql`
        update ${names.table} set key_id = ${keyId}, ${names.column} = ${ciphertext}
        where account_id = ${row.account_id} and ${names.id} = ${row.id}`.execute(trx)
    }
    return rows.length
  })
}

if (import.meta.main) {
  const { databaseUrl, encryptionKeys } = configOrExit()
  const db = openDatabase(databaseUrl, { max: 2 })
  const rotated = await rotateKeys(db, createVault(encryptionKeys)).finally(() => db.destroy())
  console.log(`Sealed ${rotated} secrets with the current key`)
}
