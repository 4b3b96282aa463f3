// An inbox as the API shows it: derived state, health, attention, ClaudIA, import, Temporal links.
import type { Channels } from '../../channels/registry.ts'
import type { Config } from '../../config.ts'
import { claudiaModeOf, factsOfInbox, type InboxRow } from '../../db/inboxes.ts'
import type { ImportRow, InboxFigures } from '../../db/views/inboxes.ts'
import { attention, deriveState, type Health, shownState } from '../../domain/inbox.ts'
import { stateWords } from '../../locales/inbox-states.ts'
import { askingText, type Locale, reasonText } from '../../locales/texts.ts'
import { workflowIds } from '../../temporal/contracts.ts'
import { AuthorizationSchema } from '../consents.ts'
import { AsText, Id, JsonObject, Nullable, OneOf, type Static, Time, Type } from '../schemas.ts'

const HealthSchema = Type.Object({
  status: OneOf(['ok', 'retrying', 'action_required', 'reauthorization_required'] as const),
  reason: Nullable(Type.String()),
  message: Nullable(Type.String()),
  remedy: Nullable(Type.String()),
  evidence: Nullable(Type.String({ description: 'The server’s own words' })),
  since: Time,
})

export const ImportSchema = Type.Object({
  number: Type.Integer(),
  status: OneOf(['running', 'paused', 'completed', 'cancelled'] as const),
  window: JsonObject,
  done: Type.Integer(),
  total: Nullable(Type.Integer()),
  quarantined: Type.Integer(),
  bytes: Type.Integer(),
  rate_per_second: Nullable(Type.Number()),
  eta_seconds: Nullable(Type.Integer()),
  parked_until: Nullable(Time),
  started_at: Time,
  progress_at: Time,
  finished_at: Nullable(Time),
})

export const InboxSchema = Type.Object({
  id: Id,
  name: Type.String(),
  channel: Type.String(),
  address: Type.String(),
  settings: JsonObject,
  state: OneOf([
    'connecting',
    'importing',
    'active',
    'paused',
    'reauthorization_required',
    'disconnected',
  ] as const),
  attention: OneOf(['none', 'amber', 'red'] as const),
  shown: Type.Object(
    {
      state: Type.String(),
      label: Type.String(),
      color: OneOf(['green', 'blue', 'amber', 'red', 'gray'] as const),
      advice: Type.String(),
    },
    { description: 'State and fault in one, as people read it, in the language of the request' },
  ),
  health: Type.Object({ receive: HealthSchema, send: HealthSchema }),
  claudia: Type.Object({
    mode: OneOf(['on', 'off', 'held'] as const),
    held_since: Nullable(Time),
    after_import: OneOf(['release', 'keep_off'] as const),
    max_age_seconds: Type.Integer(),
  }),
  import: Nullable(ImportSchema),
  figures: Type.Object({
    members: Type.Integer(),
    last_received_at: Nullable(Time),
    last_sent_at: Nullable(Time),
  }),
  archive_after_days: Type.Integer(),
  thread_by_subject: Type.Boolean(),
  attachment_limit_bytes: Nullable(Type.Integer()),
  join_default_rules: Type.Boolean(),
  notices: Type.Array(
    Type.Object({ code: Type.String(), message: Type.String(), remedy: Type.String() }),
    { description: 'What people must know about inboxes of this channel' },
  ),
  last_good_sync_at: Nullable(Time),
  last_checked_at: Nullable(Time),
  next_try_at: Nullable(Time),
  workflow_id: Type.String(),
  temporal_url: Type.String(),
  created_at: Time,
  updated_at: Time,
})

/** With the link to a sign-in, which is told once. */
export const ConnectingSchema = Type.Object({
  ...InboxSchema.properties,
  authorization: AuthorizationSchema,
})

/** What an inbox is shown by. */
export interface InboxView {
  config: Config
  channels: Channels
  locale: Locale
  now: Date
}

/** @param beside its newest import, if it ever had one, and its figures */
export function presentInbox(
  row: InboxRow,
  beside: { run: ImportRow | undefined; figures: InboxFigures },
  { config, channels, locale, now }: InboxView,
): Static<typeof InboxSchema> {
  const facts = factsOfInbox(row)
  const { run, figures } = beside
  const workflowId = workflowIds.inbox(row.id)
  const { temporalUiUrl, temporal } = config
  return {
    id: row.id,
    name: row.name,
    channel: row.channel,
    address: row.address,
    settings: shownSettings(row, channels),
    state: deriveState(facts),
    attention: attention(facts, now),
    shown: stateWords(shownState(facts, now), locale),
    health: {
      receive: presentHealth(facts.receive, row.receive_evidence, locale),
      send: presentHealth(facts.send, row.send_evidence, locale),
    },
    claudia: {
      mode: claudiaModeOf(row),
      held_since: AsText(row.held_since),
      after_import: row.claudia_after_import,
      max_age_seconds: row.claudia_max_age_seconds,
    },
    import: run === undefined ? null : presentImport(run, now),
    figures: {
      members: figures.members,
      last_received_at: AsText(figures.last_received_at),
      last_sent_at: AsText(figures.last_sent_at),
    },
    archive_after_days: row.archive_after_days,
    thread_by_subject: row.thread_by_subject,
    attachment_limit_bytes: row.attachment_limit_bytes,
    join_default_rules: row.join_default_rules,
    notices: noticesOf(row, channels).map((code) => {
      const [message, remedy] = reasonText(code, locale)
      return { code, message, remedy }
    }),
    last_good_sync_at: AsText(row.last_good_sync_at),
    last_checked_at: AsText(row.last_checked_at),
    next_try_at: AsText(row.next_try_at),
    workflow_id: workflowId,
    temporal_url: `${temporalUiUrl}/namespaces/${temporal.namespace}/workflows/${encodeURIComponent(workflowId)}`,
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
  }
}

function shownSettings({ channel, settings }: InboxRow, { all }: Channels) {
  const { shown } = all.find(({ type }) => type === channel) ?? {}
  return (shown?.(settings) ?? settings) as Record<string, unknown>
}

function noticesOf({ channel, settings }: InboxRow, { all }: Channels): string[] {
  return all.find(({ type }) => type === channel)?.notices?.(settings) ?? []
}

export function presentImport(row: ImportRow, now: Date): Static<typeof ImportSchema> {
  const done = Number(row.done)
  const total = row.total === null ? null : Number(row.total)
  const until = row.status === 'running' ? now : (row.finished_at ?? row.progress_at)
  const seconds = Math.max(1, (until.getTime() - row.started_at.getTime()) / 1000)
  const rate = done === 0 ? null : done / seconds
  const running = row.status === 'running' && rate !== null && total !== null
  return {
    number: row.number,
    status: row.status,
    window: row.import_window as Record<string, unknown>,
    done,
    total,
    quarantined: Number(row.quarantined),
    bytes: Number(row.bytes),
    rate_per_second: rate === null ? null : Math.round(rate * 10) / 10,
    eta_seconds: running ? Math.max(0, Math.ceil((total - done) / rate)) : null,
    parked_until: AsText(row.parked_until),
    started_at: row.started_at.toISOString(),
    progress_at: row.progress_at.toISOString(),
    finished_at: AsText(row.finished_at),
  }
}

function presentHealth(facts: Health, evidence: string | null, locale: Locale) {
  const text = facts.status === 'retrying' ? reasonText : askingText
  const [message, remedy] = facts.reason === null ? [null, null] : text(facts.reason, locale)
  return { ...facts, message, remedy: remedy || null, evidence }
}
