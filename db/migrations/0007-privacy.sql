-- What was erased, as hashes: a mail, a place in a mailbox, a person. See messaging/tombstones.ts.
create table tombstones (
  account_id bigint not null references accounts (id),
  hash bytea not null,
  erased_at timestamptz not null default now(),
  primary key (account_id, hash)
);

-- Exports and erasures of contacts: the work to be done, and afterwards the record of it.
create table privacy_requests (
  account_id bigint not null references accounts (id),
  id bigint generated always as identity,
  kind text not null check (kind in ('export', 'erasure')),
  contact_id bigint not null,                 -- no foreign key: it outlives the contact
  status text not null default 'waiting' check (status in ('waiting', 'running', 'done', 'expired', 'failed')),
  reason text,                                -- of a failure
  counts jsonb not null default '{}',
  storage_key text,                           -- of an export, until it expires
  requested_by bigint not null,
  created_at timestamptz not null default now(),
  finished_at timestamptz,
  expires_at timestamptz,
  primary key (account_id, id),
  foreign key (account_id, requested_by) references users (account_id, id)
);
create unique index privacy_requests_open on privacy_requests (account_id, contact_id, kind)
  where status in ('waiting', 'running');
create index privacy_requests_storage_key on privacy_requests (storage_key) where storage_key is not null;

-- Deleting rows looks for whoever refers to them; without these it would read whole tables.
create index conversations_contact on conversations (contact_id);
create index messages_contact on messages (contact_id) where contact_id is not null;
create index message_refs_conversation on message_refs (conversation_id);
create index bot_events_conversation on bot_events (conversation_id);
create index bot_events_message on bot_events (message_id);
