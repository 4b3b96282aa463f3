-- A form may be tried before there is an inbox.
alter table connect_drafts alter column inbox_id drop not null;
