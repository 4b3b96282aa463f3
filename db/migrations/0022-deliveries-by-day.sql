-- What providers pushed lies in forty parts by the day it came, which are emptied and used again:
-- deleting the rows of a day would cost as much as storing them. Thirty days are kept.
create sequence inbound_delivery_ids;
create table deliveries_by_day (
  like inbound_deliveries including defaults including constraints,
  day_slot smallint not null check (day_slot between 0 and 39)
) partition by list (day_slot);
alter table deliveries_by_day alter id set default nextval('inbound_delivery_ids');
alter sequence inbound_delivery_ids owned by deliveries_by_day.id;
do $$ begin
  for slot in 0..39 loop
    execute format('create table inbound_deliveries_%s partition of deliveries_by_day
      for values in (%s)', slot, slot);
  end loop;
end $$;
insert into deliveries_by_day
  select *, floor(extract(epoch from received_at) / 86400)::bigint % 40 from inbound_deliveries;
select setval('inbound_delivery_ids', coalesce(max(id), 0) + 1, false) from inbound_deliveries;
drop table inbound_deliveries;
alter table deliveries_by_day rename to inbound_deliveries;
alter table inbound_deliveries add primary key (account_id, id, day_slot),
  add foreign key (account_id, inbox_id) references inboxes (account_id, id);
create index inbound_deliveries_inbox on inbound_deliveries (inbox_id, id);
create index inbound_deliveries_message on inbound_deliveries (inbox_id, external_id)
  where external_id is not null;
create index inbound_deliveries_waiting on inbound_deliveries (inbox_id, id)
  where kind = 'history' and reason = 'waiting';
