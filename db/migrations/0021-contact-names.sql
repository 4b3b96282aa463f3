-- Contacts whose provider told no name with their message: it is asked for once.
alter table contact_identities add column name_state text check (name_state in ('wanted', 'asked'));
create index contact_identities_unnamed on contact_identities (account_id, contact_id)
  where name_state = 'wanted';
