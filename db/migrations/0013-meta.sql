-- What Meta's channels need: inboxes found by the ids that an app's webhooks name, changes of
-- messages, and who answers a page's contacts.
alter table inboxes add column provider_ids text[] not null default '{}';
create index inboxes_provider_ids on inboxes using gin (provider_ids) where phase <> 'disconnected';

alter table inbound_deliveries drop constraint inbound_deliveries_kind_check;
alter table inbound_deliveries add constraint inbound_deliveries_kind_check
  check (kind in ('message', 'status', 'change', 'channel', 'unknown', 'failed'));

-- Changes that came before the message they are about.
create table waiting_changes (
  account_id bigint not null,
  id bigint generated always as identity,
  inbox_id bigint not null,
  external_id text not null,
  change jsonb not null,
  changed_at timestamptz not null,
  created_at timestamptz not null default now(),
  primary key (account_id, id),
  foreign key (account_id, inbox_id) references inboxes (account_id, id)
);
create index waiting_changes_message on waiting_changes (inbox_id, external_id);
create index waiting_changes_created on waiting_changes (created_at);

-- The latest that was seen of who answers, for each product of a page.
create table receivers (
  account_id bigint not null,
  inbox_id bigint not null,
  product text not null check (product in ('instagram', 'messenger')),
  owner text not null,                        -- us, other, or the id of an app
  evidence text not null,
  seen_at timestamptz not null,
  primary key (account_id, inbox_id, product),
  foreign key (account_id, inbox_id) references inboxes (account_id, id)
);
