-- SHA-256 of the state of a sign-in that has not come back yet; null once it has, and for forms.
alter table connect_drafts add column state_hash bytea;
create unique index connect_drafts_state on connect_drafts (state_hash) where state_hash is not null;
-- When access that rests is to be renewed, or it would die at the provider; null: it never does.
alter table credentials add column keep_alive_at timestamptz;
-- The account at the provider that gave them: what is revoked for one inbox is revoked for all of it.
alter table credentials add column owner text;
create index credentials_owner on credentials (owner) where owner is not null;
