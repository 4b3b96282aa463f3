-- What a phone shares once after its number was connected: asked for once, and within a day.
create table phone_shares (
  account_id bigint not null,
  inbox_id bigint not null,
  share text not null check (share in ('contacts', 'history')),
  askable_until timestamptz not null,
  settled_at timestamptz,                     -- it was asked for, or will not come; null: to be asked
  refused boolean not null default false,
  primary key (account_id, inbox_id, share),
  foreign key (account_id, inbox_id) references inboxes (account_id, id)
);
