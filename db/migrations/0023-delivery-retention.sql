-- How many days an account keeps what providers pushed to it and what its webhooks were told.
alter table accounts add column delivery_retention_days int not null default 30
  check (delivery_retention_days between 1 and 30);
