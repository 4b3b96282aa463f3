// Column types that are written otherwise than they are read.

import type { ColumnType } from 'kysely'

/** timestamptz: read as a Date. */
export type Timestamp = ColumnType<Date, Date | string, Date | string>
/** jsonb: whoever reads it knows the shape; written as any JSON value. */
export type Json = ColumnType<unknown, unknown, unknown>
