-- Who works together, and what accounts note about contacts and conversations beyond our columns.
create unique index teams_name on teams (lower(name), account_id);
create table team_members (
  account_id bigint not null,
  team_id bigint not null,
  user_id bigint not null,
  primary key (account_id, team_id, user_id),
  foreign key (account_id, team_id) references teams (account_id, id) on delete cascade,
  foreign key (account_id, user_id) references users (account_id, id)
);

create table custom_attribute_definitions (
  account_id bigint not null references accounts (id),
  id bigint generated always as identity,
  target text not null check (target in ('contact', 'conversation')),
  key text not null,
  name text not null,
  type text not null check (type in ('text', 'number', 'boolean', 'date', 'link', 'list')),
  options text[] not null default '{}',       -- of a list, what may be chosen
  created_at timestamptz not null default now(),
  primary key (account_id, id)
);
create unique index custom_attribute_definitions_key on custom_attribute_definitions (account_id, target, key);
