// Column types that are written otherwise than they are read.

import type { ColumnType } from 'kysely'

/** timestamptz: read as a Date. */
export type Timestamp = ColumnType<Date, Date | string, Date | string>
/** jsonb: whoever reads it knows the shape; written as any JSON value. */
export type Json = ColumnType<unknown, unknown, unknown>
/** A column with a default. Kysely's own does not look into another column type. */
export type Generated<T> =
  T extends ColumnType<infer Select, infer Insert, infer Update>
    ? ColumnType<Select, Insert | undefined, Update>
    : ColumnType<T, T | undefined, T>
