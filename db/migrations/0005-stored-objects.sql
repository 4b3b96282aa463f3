-- Every object in the storage, noted before its first byte is written. Deleting is never done where
-- a row goes away: a sweep looks at what is due and removes what no row refers to.
create table stored_objects (
  account_id bigint not null references accounts (id),
  key text not null,
  check_after timestamptz,                    -- null: something referred to it when last looked at
  primary key (account_id, key)
);
create index stored_objects_due on stored_objects (check_after) where check_after is not null;

insert into stored_objects (account_id, key, check_after)
select distinct account_id, storage_key, now() from attachments where storage_key is not null;

alter table attachments
  add column detected_type text,              -- by its bytes; null: nothing that may be shown in a page
  add column reason text;                     -- why it stays in the mailbox or may not be opened
create index attachments_storage_key on attachments (storage_key) where storage_key is not null;
drop index attachments_in_mailbox;
create index attachments_waiting on attachments (account_id, id)
  where state = 'in_mailbox' and reason is null;

-- Largest attachment that is stored; the smallest of account, inbox and installation counts.
alter table accounts add column attachment_limit_bytes bigint check (attachment_limit_bytes >= 65536);
alter table inboxes add column attachment_limit_bytes bigint check (attachment_limit_bytes >= 65536);

-- Where a message lies: for its files, and for whoever deletes it.
create index message_locations_message on message_locations (message_id);
