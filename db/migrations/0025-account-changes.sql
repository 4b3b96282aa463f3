-- Who changed what of the account's settings: how long conversations are kept is among them.
create table account_changes (
  account_id bigint not null references accounts (id),
  id bigint generated always as identity,
  user_id bigint not null,
  changes jsonb not null,                     -- by field: {before, after}
  created_at timestamptz not null default now(),
  primary key (account_id, id),
  foreign key (account_id, user_id) references users (account_id, id)
);
