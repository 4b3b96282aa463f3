-- Texts that a provider keeps for an inbox, as it listed them last.
create table message_templates (
  account_id bigint not null,
  inbox_id bigint not null,
  template_id text not null,                  -- the provider's
  name text not null,
  language text not null,
  body text not null,
  variables jsonb not null,                   -- names, with the provider's examples
  approved boolean not null,
  primary key (account_id, inbox_id, template_id),
  foreign key (account_id, inbox_id) references inboxes (account_id, id)
);
