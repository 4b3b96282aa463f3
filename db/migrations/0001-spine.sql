-- The data spine. Keys are (account_id, id), so that no row can refer to another tenant's.
-- On tables that others refer to, only the primary key begins with account_id: before its first
-- ANALYZE Postgres would check foreign keys by any index that does, and read all of the account.

create sequence account_ids;
create table accounts (
  id bigint primary key default nextval('account_ids'),
  name text not null,
  locale text not null default 'pt-BR' check (locale in ('pt-BR', 'en')),
  timezone text not null default 'America/Sao_Paulo',
  last_display_id bigint not null default 0,
  created_at timestamptz not null default now()
);

create table users (
  account_id bigint not null references accounts (id),
  id bigint generated always as identity,
  name text not null,
  email text not null,
  role text not null check (role in ('administrator', 'agent', 'bot')),
  key text,                                   -- 'claudia' for the account's AI agent
  password_hash text,
  availability text not null default 'online' check (availability in ('online', 'busy', 'offline')),
  created_at timestamptz not null default now(),
  deleted_at timestamptz,
  primary key (account_id, id)
);
create unique index users_email on users (account_id, lower(email)) where deleted_at is null;
create unique index users_key on users (account_id, key) where key is not null;

create table api_keys (
  account_id bigint not null,
  id bigint generated always as identity,
  user_id bigint not null,
  name text not null,
  prefix text not null,
  hash bytea not null unique,                 -- SHA-256 of the key; the key is shown once
  role text not null check (role in ('administrator', 'agent', 'bot')),
  inbox_ids bigint[],                         -- null: every inbox
  created_at timestamptz not null default now(),
  revoked_at timestamptz,
  primary key (account_id, id),
  foreign key (account_id, user_id) references users (account_id, id)
);

create table idempotency_keys (
  account_id bigint not null references accounts (id),
  key text not null,
  method text not null,
  path text not null,
  body_hash bytea not null,
  response_status int,                        -- null: the first request is still running
  response_body jsonb,
  created_at timestamptz not null default now(),
  primary key (account_id, key)
);

create table inboxes (
  account_id bigint not null references accounts (id),
  id bigint generated always as identity,
  name text not null,
  channel text not null,
  address text not null,
  channel_key text not null,                  -- the mailbox, number or page, once in the world
  settings jsonb not null default '{}',
  phase text not null default 'connecting' check (phase in ('connecting', 'importing', 'active', 'disconnected')),
  paused boolean not null default false,
  receive_status text not null default 'ok' check (receive_status in ('ok', 'retrying', 'action_required', 'reauthorization_required')),
  receive_reason text,
  receive_evidence text,
  receive_since timestamptz not null default now(),
  send_status text not null default 'ok' check (send_status in ('ok', 'retrying', 'action_required', 'reauthorization_required')),
  send_reason text,
  send_evidence text,
  send_since timestamptz not null default now(),
  claudia text not null default 'on' check (claudia in ('on', 'off')),
  held_since timestamptz,                     -- the system's hold; null: not held
  claudia_after_import text not null default 'release' check (claudia_after_import in ('release', 'keep_off')),
  claudia_max_age_seconds int not null default 86400 check (claudia_max_age_seconds > 0),
  archive_after_days int not null default 7 check (archive_after_days >= 0),
  join_default_rules boolean not null default true,
  joined_rules_at timestamptz,
  last_checked_at timestamptz,                -- every sync cycle, also one that failed
  last_good_sync_at timestamptz,
  consecutive_failures int not null default 0,
  idle_cycles int not null default 0,
  next_try_at timestamptz,
  watch_generation bigint not null default 0, -- raised to end a running watch at once
  attention_since timestamptz,
  stalled_since timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (account_id, id)
);
create unique index inboxes_id on inboxes (id);
create unique index inboxes_channel_key on inboxes (channel_key) where phase <> 'disconnected';

create table inbox_members (
  account_id bigint not null,
  inbox_id bigint not null,
  user_id bigint not null,
  removed_by_person boolean not null default false, -- remembered, so that joining never undoes it
  created_at timestamptz not null default now(),
  primary key (account_id, inbox_id, user_id),
  foreign key (account_id, inbox_id) references inboxes (account_id, id),
  foreign key (account_id, user_id) references users (account_id, id)
);

create table credentials (
  account_id bigint not null,
  inbox_id bigint not null,
  key_id text not null,
  ciphertext bytea not null,                  -- AES-256-GCM, nonce first, tag last
  worked_at timestamptz,                      -- last login that succeeded with them
  updated_at timestamptz not null default now(),
  primary key (account_id, inbox_id),
  foreign key (account_id, inbox_id) references inboxes (account_id, id)
);

create table connect_drafts (
  account_id bigint not null,
  id uuid not null default gen_random_uuid(),
  inbox_id bigint,                            -- null: a form that is only tried
  key_id text not null,
  ciphertext bytea not null,
  expires_at timestamptz not null default now() + interval '30 minutes',
  primary key (account_id, id),
  foreign key (account_id, inbox_id) references inboxes (account_id, id)
);

create table channel_cursors (
  account_id bigint not null,
  inbox_id bigint not null,
  folder text not null,
  kind text not null check (kind in ('history', 'live')),
  fence bigint not null default 0,
  cursor jsonb,
  watermark_uidvalidity bigint,
  watermark_uidnext bigint,
  started_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (account_id, inbox_id, folder, kind),
  foreign key (account_id, inbox_id) references inboxes (account_id, id)
);

create table imports (
  account_id bigint not null,
  id bigint generated always as identity,
  inbox_id bigint not null,
  number int not null,
  status text not null default 'running' check (status in ('running', 'paused', 'completed', 'cancelled')),
  import_window jsonb not null,
  total bigint,
  done bigint not null default 0,
  quarantined bigint not null default 0,
  bytes bigint not null default 0,
  parked_until timestamptz,                   -- the day's byte budget is spent, or the provider throttles
  started_at timestamptz not null default now(),
  progress_at timestamptz not null default now(),
  finished_at timestamptz,
  primary key (account_id, id),
  unique (account_id, inbox_id, number),
  foreign key (account_id, inbox_id) references inboxes (account_id, id)
);

create table byte_budgets (
  account_id bigint not null,
  inbox_id bigint not null,
  day date not null,
  bytes bigint not null default 0,
  primary key (account_id, inbox_id, day),
  foreign key (account_id, inbox_id) references inboxes (account_id, id)
);

create table quarantine (
  account_id bigint not null,
  id bigint generated always as identity,
  inbox_id bigint not null,
  folder text not null,
  uidvalidity bigint not null,
  uid bigint not null,
  arrival text not null check (arrival in ('history', 'live', 'late')),
  reason text not null,
  evidence text,
  size bigint,
  status text not null default 'waiting' check (status in ('waiting', 'retrying', 'stored', 'dismissed')),
  tries int not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (account_id, id),
  unique (account_id, inbox_id, folder, uidvalidity, uid),
  foreign key (account_id, inbox_id) references inboxes (account_id, id)
);

create table incidents (
  account_id bigint not null,
  id bigint generated always as identity,
  inbox_id bigint not null,
  direction text not null check (direction in ('receive', 'send')),
  status text not null,
  reason text not null,
  evidence text,
  opened_at timestamptz not null default now(),
  last_seen_at timestamptz not null default now(),
  closed_at timestamptz,
  notified_at timestamptz,
  primary key (account_id, id),
  foreign key (account_id, inbox_id) references inboxes (account_id, id)
);
create index incidents_recent on incidents (inbox_id, direction, opened_at desc);

create table timeline (
  account_id bigint not null,
  id bigint generated always as identity,
  inbox_id bigint not null,
  kind text not null,
  data jsonb not null default '{}',
  actor_user_id bigint,
  created_at timestamptz not null default now(),
  primary key (account_id, id),
  foreign key (account_id, inbox_id) references inboxes (account_id, id),
  foreign key (account_id, actor_user_id) references users (account_id, id)
);
create index timeline_inbox on timeline (account_id, inbox_id, id);

create table notifications (
  account_id bigint not null,
  id bigint generated always as identity,
  user_id bigint not null,
  inbox_id bigint,
  conversation_id bigint,
  incident_id bigint,
  kind text not null,
  data jsonb not null default '{}',
  read_at timestamptz,
  created_at timestamptz not null default now(),
  primary key (account_id, id),
  foreign key (account_id, user_id) references users (account_id, id),
  foreign key (account_id, inbox_id) references inboxes (account_id, id),
  foreign key (account_id, incident_id) references incidents (account_id, id)
);
create index notifications_user on notifications (account_id, user_id, id);
create unique index notifications_incident on notifications (account_id, user_id, incident_id) where incident_id is not null;

create sequence contact_ids;
create table contacts (
  account_id bigint not null references accounts (id),
  id bigint not null default nextval('contact_ids'),
  name text not null default '',
  email text,
  phone_number text,
  identifier text,
  custom_attributes jsonb not null default '{}',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (account_id, id)
);

create table contact_identities (
  account_id bigint not null,
  kind text not null,                         -- 'email', 'phone', 'identifier' or a channel's own id
  value text not null,
  contact_id bigint not null,
  verified boolean not null default true,
  primary key (account_id, kind, value),
  foreign key (account_id, contact_id) references contacts (account_id, id)
);
create index contact_identities_contact on contact_identities (account_id, contact_id);

create table teams (
  account_id bigint not null references accounts (id),
  id bigint generated always as identity,
  name text not null,
  created_at timestamptz not null default now(),
  primary key (account_id, id)
);

create sequence conversation_ids;
create table conversations (
  account_id bigint not null references accounts (id),
  id bigint not null default nextval('conversation_ids'),
  display_id bigint not null,
  inbox_id bigint not null,
  contact_id bigint not null,
  status text not null default 'open' check (status in ('open', 'pending', 'resolved', 'snoozed')),
  subject text not null default '',
  assignee_id bigint,
  team_id bigint,
  priority text check (priority in ('low', 'medium', 'high', 'urgent')),
  labels text[] not null default '{}',
  custom_attributes jsonb not null default '{}',
  last_seq bigint not null default 0,
  handled_seq bigint not null default 0,
  message_count int not null default 0,
  first_message_at timestamptz not null,
  last_message_at timestamptz not null,
  attention_reason text,                      -- why people have it, e.g. 'stale', 'bot_unreachable'
  snoozed_until timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (account_id, id),
  foreign key (account_id, inbox_id) references inboxes (account_id, id),
  foreign key (account_id, contact_id) references contacts (account_id, id),
  foreign key (account_id, assignee_id) references users (account_id, id),
  foreign key (account_id, team_id) references teams (account_id, id)
);
create unique index conversations_display_id on conversations (display_id, account_id);
create index conversations_inbox on conversations (inbox_id, last_message_at desc, id desc);

create sequence message_ids;
create table messages (
  account_id bigint not null,
  id bigint not null default nextval('message_ids'),
  conversation_id bigint not null,
  inbox_id bigint not null,
  external_id text,                           -- null until the provider knows the message
  direction text not null check (direction in ('incoming', 'outgoing')),
  origin text not null check (origin in ('history', 'live', 'late', 'authored', 'echo')),
  private boolean not null default false,
  seq bigint,                                 -- null for history and late
  contact_id bigint,
  user_id bigint,
  content text not null default '',
  content_type text not null default 'text',
  content_attributes jsonb not null default '{}', -- subject, from, to, cc, nature, html
  source_id text,                             -- the mail's Message-ID
  status text not null,
  error_code text,
  error_evidence text,
  sent_at timestamptz not null,               -- the true time: Date, else Received, else INTERNALDATE
  delivered_at timestamptz,                   -- when it reached the mailbox
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (account_id, id),
  foreign key (account_id, conversation_id) references conversations (account_id, id),
  foreign key (account_id, inbox_id) references inboxes (account_id, id),
  foreign key (account_id, contact_id) references contacts (account_id, id),
  foreign key (account_id, user_id) references users (account_id, id)
);
create unique index messages_external_id on messages (inbox_id, external_id);
create index messages_conversation on messages (conversation_id, sent_at, id);
create index messages_source_id on messages (inbox_id, source_id) where source_id is not null;
create index messages_unsent on messages (conversation_id, seq) where status in ('queued', 'transmitting');

create table message_locations (
  account_id bigint not null,
  inbox_id bigint not null,
  folder text not null,
  uidvalidity bigint not null,
  uid bigint not null,
  message_id bigint not null,
  primary key (inbox_id, folder, uidvalidity, uid),
  foreign key (account_id, message_id) references messages (account_id, id)
);

create table message_refs (
  account_id bigint not null,
  inbox_id bigint not null,
  reference text not null,                    -- a Message-ID, also of parents not seen yet
  conversation_id bigint not null,
  primary key (inbox_id, reference),
  foreign key (account_id, conversation_id) references conversations (account_id, id)
);

create sequence attachment_ids;
create table attachments (
  account_id bigint not null,
  id bigint not null default nextval('attachment_ids'),
  message_id bigint not null,
  position int not null,
  file_name text not null,
  content_type text not null,
  size bigint not null,
  content_id text,
  inline boolean not null default false,
  part text,                                  -- IMAP part number while the bytes are in the mailbox
  state text not null check (state in ('stored', 'in_mailbox', 'lost')),
  storage_key text,
  created_at timestamptz not null default now(),
  primary key (account_id, id),
  foreign key (account_id, message_id) references messages (account_id, id)
);
create index attachments_message on attachments (account_id, message_id, position);
create index attachments_in_mailbox on attachments (account_id, id) where state = 'in_mailbox';

create table send_attempts (
  account_id bigint not null,
  id bigint generated always as identity,
  message_id bigint not null,
  state text not null check (state in ('transmitting', 'accepted', 'rejected', 'not_transmitted', 'ambiguous')),
  source_id text not null,                    -- the Message-ID, made before the first try
  evidence text,
  started_at timestamptz not null default now(),
  finished_at timestamptz,
  primary key (account_id, id),
  foreign key (account_id, message_id) references messages (account_id, id)
);
create index send_attempts_message on send_attempts (account_id, message_id, id);

create table outbox (
  id bigint generated always as identity primary key,
  account_id bigint not null references accounts (id),
  topic text not null check (topic in ('conversation', 'send', 'inbox')),
  inbox_id bigint not null,
  conversation_id bigint,
  seq bigint,
  event text not null,                        -- a rule event, or what to do with the inbox
  message_id bigint,
  created_at timestamptz not null default now(),
  relayed_at timestamptz
);
create index outbox_waiting on outbox (topic, conversation_id, inbox_id) where relayed_at is null;
create index outbox_events on outbox (account_id, conversation_id, seq) where topic = 'conversation';

create table automation_rules (
  account_id bigint not null references accounts (id),
  id bigint generated always as identity,
  key text,
  name text not null,
  event text not null,
  conditions jsonb not null,
  actions jsonb not null,
  active boolean not null default true,
  once_per_conversation boolean not null default false,
  position int not null default 0,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (account_id, id)
);
create unique index automation_rules_key on automation_rules (account_id, key) where key is not null;

create table rule_runs (
  account_id bigint not null,
  id bigint generated always as identity,
  rule_id bigint not null,
  inbox_id bigint not null,
  conversation_id bigint not null,
  message_id bigint,
  seq bigint not null,
  event text not null,
  explanation jsonb not null,
  started_at timestamptz not null default now(),
  finished_at timestamptz,
  primary key (account_id, id),
  unique (rule_id, conversation_id, seq, event, account_id),
  foreign key (account_id, rule_id) references automation_rules (account_id, id),
  foreign key (account_id, conversation_id) references conversations (account_id, id)
);
create index rule_runs_conversation on rule_runs (conversation_id, id);

create table action_receipts (
  account_id bigint not null,
  run_id bigint not null,
  step int not null,
  action text not null,
  outcome text not null check (outcome in ('done', 'pending', 'skipped', 'failed')),
  reason text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (account_id, run_id, step),
  foreign key (account_id, run_id) references rule_runs (account_id, id)
);

create table bots (
  account_id bigint not null,
  user_id bigint not null,
  endpoint text not null,
  key_id text not null,
  secret_ciphertext bytea not null,
  created_at timestamptz not null default now(),
  primary key (account_id, user_id),
  foreign key (account_id, user_id) references users (account_id, id)
);

create table bot_events (
  account_id bigint not null,
  id uuid not null default gen_random_uuid(),
  run_id bigint not null,
  step int not null,
  conversation_id bigint not null,
  message_id bigint not null,
  status text not null default 'pending' check (status in ('pending', 'delivered', 'failed', 'skipped')),
  tries int not null default 0,
  response_status int,
  evidence text,
  created_at timestamptz not null default now(),
  delivered_at timestamptz,
  primary key (account_id, id),
  unique (account_id, run_id, step),
  foreign key (account_id, run_id, step) references action_receipts (account_id, run_id, step),
  foreign key (account_id, conversation_id) references conversations (account_id, id),
  foreign key (account_id, message_id) references messages (account_id, id)
);

create table webhooks (
  account_id bigint not null references accounts (id),
  id bigint generated always as identity,
  url text not null,
  events text[] not null,
  key_id text not null,
  secret_ciphertext bytea not null,
  created_at timestamptz not null default now(),
  primary key (account_id, id)
);

-- Console events. Readers take rows with xid < pg_snapshot_xmin(pg_current_snapshot()): no lock,
-- and a transaction that commits late is never skipped.
create table account_events (
  account_id bigint not null references accounts (id),
  id bigint generated always as identity,
  xid xid8 not null default pg_current_xact_id(),
  kind text not null,
  data jsonb not null,
  created_at timestamptz not null default now(),
  primary key (account_id, id)
);
create index account_events_cursor on account_events (account_id, xid, id);

create table token_buckets (
  key text primary key,
  tokens double precision not null,
  refilled_at timestamptz not null default now()
);
