// Keyset pages: an opaque cursor holds the sort key of the last row that was sent.
import { apiError } from './errors.ts'

export type CursorKey = (string | number)[]

/** The text of a cursor. */
export function encodeCursor(key: CursorKey): string {
  return Buffer.from(JSON.stringify(key)).toString('base64url')
}

/**
 * The key in a cursor, undefined without one. `shape` tells what each part has to be.
 * @throws invalid_cursor
 */
function decodeCursor(
  cursor: string | undefined,
  shape: readonly ('id' | 'time')[],
): CursorKey | undefined {
  if (cursor === undefined) return undefined
  try {
    const key: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString())
    if (
      Array.isArray(key) &&
      key.length === shape.length &&
      key.every((part, index) => fits(part, shape[index]))
    ) {
      return key
    }
  } catch {
    // Falls through: whatever it was, it is not a cursor of ours.
  }
  throw apiError('invalid_cursor')
}

/** The id in the cursor of a list that is ordered by id. @throws invalid_cursor */
export function idCursor(cursor: string | undefined): number | undefined {
  return decodeCursor(cursor, ['id'])?.[0] as number | undefined
}

/** The place in a list that is ordered by time, then id. @throws invalid_cursor */
export function timeCursor(cursor: string | undefined): { at: string; id: number } | undefined {
  const [at, id] = decodeCursor(cursor, ['time', 'id']) ?? []
  return at === undefined ? undefined : { at: String(at), id: Number(id) }
}

function fits(part: unknown, shape: 'id' | 'time' | undefined): boolean {
  if (shape === 'id') return Number.isSafeInteger(part)
  return typeof part === 'string' && !Number.isNaN(Date.parse(part))
}

/** One page out of `limit + 1` rows: the extra row only proves that there are more. */
export function pageOf<Row, Item>(
  rows: Row[],
  limit: number,
  keyOf: (row: Row) => CursorKey,
  present: (row: Row) => Item,
): { data: Item[]; next_cursor: string | null } {
  const shown = rows.slice(0, limit)
  const last = rows.length > limit ? shown.at(-1) : undefined
  return { data: shown.map(present), next_cursor: last ? encodeCursor(keyOf(last)) : null }
}
