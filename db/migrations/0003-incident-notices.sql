-- Whom an incident is told to outside the console: webhooks, and administrators by mail. Once each.
create table incident_notices (
  account_id bigint not null,
  id bigint generated always as identity,
  inbox_id bigint not null,
  incident_id bigint not null,
  event text not null,                        -- as webhooks subscribe to it: 'inbox.reauthorization_required'
  webhook_id bigint,
  user_id bigint,                             -- the administrator a mail goes to
  status text not null default 'pending' check (status in ('pending', 'delivered', 'failed', 'skipped')),
  tries int not null default 0,
  response_status int,
  evidence text,
  created_at timestamptz not null default now(),
  finished_at timestamptz,
  primary key (account_id, id),
  check (num_nonnulls(webhook_id, user_id) = 1),
  foreign key (account_id, inbox_id) references inboxes (account_id, id),
  foreign key (account_id, incident_id) references incidents (account_id, id),
  foreign key (account_id, webhook_id) references webhooks (account_id, id) on delete cascade,
  foreign key (account_id, user_id) references users (account_id, id)
);
create unique index incident_notices_once on incident_notices (incident_id, event, webhook_id, user_id) nulls not distinct;
create index incident_notices_pending on incident_notices (account_id, inbox_id) where status = 'pending';

alter table outbox drop constraint outbox_topic_check;
alter table outbox add constraint outbox_topic_check check (topic in ('conversation', 'send', 'inbox', 'notice'));
