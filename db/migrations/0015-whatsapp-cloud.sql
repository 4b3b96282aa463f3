-- What a provider did to the account that an inbox speaks for: the latest only.
create table account_updates (
  account_id bigint not null,
  inbox_id bigint not null,
  event text not null,                        -- in the provider's words
  reason text,
  updated_at timestamptz not null,            -- by the provider's clock
  primary key (account_id, inbox_id),
  foreign key (account_id, inbox_id) references inboxes (account_id, id)
);

-- History that was pushed waits here, a chunk a row, until it is imported (reason: waiting, imported).
alter table inbound_deliveries drop constraint inbound_deliveries_kind_check;
alter table inbound_deliveries add constraint inbound_deliveries_kind_check
  check (kind in ('message', 'status', 'change', 'channel', 'history', 'unknown', 'failed'));
create index inbound_deliveries_waiting on inbound_deliveries (inbox_id, id)
  where kind = 'history' and reason = 'waiting';
