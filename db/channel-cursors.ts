// How far an inbox was read, per folder: one cursor for history, one for live mail.

import type { Database, Trx } from './client.ts'

export interface CursorKey {
  accountId: number
  inboxId: number
  folder: string
  kind: 'history' | 'live'
}

export interface HeldCursor {
  /** The attempt's number; only the newest attempt may commit. */
  fence: number
  /** Undefined before the first commit. */
  cursor: unknown
  watermark: { uidValidity: bigint; uidNext: number } | undefined
  startedAt: Date
}

/** What a live cursor begins with. */
export type LivePosition = Pick<HeldCursor, 'cursor' | 'watermark'>

/** A newer attempt owns the cursor: the transaction must roll back and the attempt end quietly. */
export class FenceLost extends Error {
  constructor({ inboxId, folder, kind }: CursorKey) {
    super(`A newer attempt reads the ${kind} of inbox ${inboxId}, folder ${folder}`)
    this.name = 'FenceLost'
  }
}

/** Makes this attempt the only one that may commit, creating the row when it is the first. */
export async function takeFence(db: Database | Trx, key: CursorKey): Promise<HeldCursor> {
  const row = await db
    .insertInto('channel_cursors')
    .values({
      account_id: key.accountId,
      inbox_id: key.inboxId,
      folder: key.folder,
      kind: key.kind,
      fence: 1,
    })
    .onConflict((conflict) =>
      conflict
        .columns(['account_id', 'inbox_id', 'folder', 'kind'])
        .doUpdateSet(({ eb }) => ({ fence: eb('channel_cursors.fence', '+', 1) })),
    )
    .returningAll()
    .executeTakeFirstOrThrow()
  return { fence: row.fence, ...positionOf(row), startedAt: row.started_at }
}

/** Of channels without folders. */
export const NO_FOLDER = ''

/** From this moment on the channel is ours to read; a repeat changes nothing. */
export async function recordStart(
  trx: Trx,
  { accountId, inboxId }: { accountId: number; inboxId: number },
  now: Date,
): Promise<void> {
  await trx
    .insertInto('channel_cursors')
    .values({
      account_id: accountId,
      inbox_id: inboxId,
      folder: NO_FOLDER,
      kind: 'live',
      started_at: now,
    })
    .onConflict((conflict) =>
      conflict.columns(['account_id', 'inbox_id', 'folder', 'kind']).doNothing(),
    )
    .execute()
}

/** Where live mail of each folder was read to, by folder. */
export async function listLivePositions(
  db: Database,
  { accountId, inboxId }: { accountId: number; inboxId: number },
): Promise<Map<string, LivePosition>> {
  const rows = await db
    .selectFrom('channel_cursors')
    .select(['folder', 'cursor', 'watermark_uidvalidity', 'watermark_uidnext'])
    .where('account_id', '=', accountId)
    .where('inbox_id', '=', inboxId)
    .where('kind', '=', 'live')
    .execute()
  return new Map(rows.map((row) => [row.folder, positionOf(row)]))
}

function positionOf(row: {
  cursor: unknown
  watermark_uidvalidity: number | null
  watermark_uidnext: number | null
}): LivePosition {
  const { cursor, watermark_uidvalidity: uidValidity, watermark_uidnext: uidNext } = row
  const known = uidValidity !== null && uidNext !== null
  return {
    cursor: cursor ?? undefined,
    watermark: known ? { uidValidity: BigInt(uidValidity), uidNext } : undefined,
  }
}

/**
 * Moves the cursor, in the transaction that stored what lies before it.
 * @throws FenceLost when another attempt took the cursor meanwhile.
 */
export async function commitCursor(
  trx: Trx,
  key: CursorKey,
  fence: number,
  cursor: unknown,
): Promise<void> {
  const result = await trx
    .updateTable('channel_cursors')
    .set({ cursor, updated_at: new Date() })
    .where('account_id', '=', key.accountId)
    .where('inbox_id', '=', key.inboxId)
    .where('folder', '=', key.folder)
    .where('kind', '=', key.kind)
    .where('fence', '=', fence)
    .executeTakeFirst()
  if (result.numUpdatedRows !== 1n) throw new FenceLost(key)
}

/** Written once, when the folder's first import starts; a repeat changes nothing. */
export async function recordWatermark(
  trx: Database | Trx,
  key: CursorKey,
  watermark: { uidValidity: bigint; uidNext: number },
): Promise<void> {
  await trx
    .insertInto('channel_cursors')
    .values({
      account_id: key.accountId,
      inbox_id: key.inboxId,
      folder: key.folder,
      kind: key.kind,
      watermark_uidvalidity: Number(watermark.uidValidity),
      watermark_uidnext: watermark.uidNext,
    })
    .onConflict((conflict) =>
      conflict
        .columns(['account_id', 'inbox_id', 'folder', 'kind'])
        // An attempt may have taken the fence before, which makes the row without a watermark.
        .doUpdateSet(({ ref }) => ({
          watermark_uidvalidity: ref('excluded.watermark_uidvalidity'),
          watermark_uidnext: ref('excluded.watermark_uidnext'),
        }))
        .where('channel_cursors.watermark_uidvalidity', 'is', null),
    )
    .execute()
}
