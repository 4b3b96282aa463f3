-- What providers pushed, an event a row: kept as it came, to be looked at and read again.
create table inbound_deliveries (
  account_id bigint not null,
  id bigint generated always as identity,
  inbox_id bigint not null,
  kind text not null check (kind in ('message', 'status', 'unknown', 'failed')),
  external_id text,                           -- of the message it is about
  reason text,                                -- of what is unknown or could not be stored
  content_type text not null,
  query text not null default '',             -- of the URL, undecoded
  body bytea not null,
  received_at timestamptz not null default now(),
  replayed_at timestamptz,
  primary key (account_id, id),
  foreign key (account_id, inbox_id) references inboxes (account_id, id)
);
create index inbound_deliveries_inbox on inbound_deliveries (inbox_id, id);
create index inbound_deliveries_message on inbound_deliveries (inbox_id, external_id) where external_id is not null;
create index inbound_deliveries_received on inbound_deliveries (received_at);
