-- What outgoing webhooks are told of conversations: a row for each event and webhook that asked for
-- it. Delivered in the order of ids, each conversation and webhook for itself.
create table webhook_deliveries (
  account_id bigint not null,
  id bigint generated always as identity,
  webhook_id bigint not null,
  inbox_id bigint not null,
  conversation_id bigint not null,
  event text not null,                        -- as webhooks subscribe to it: 'message.created'
  message_id bigint,
  status text not null default 'pending' check (status in ('pending', 'delivered', 'failed')),
  tries int not null default 0,
  response_status int,                        -- null: no answer came
  evidence text,                              -- the receiver's words, or why there are none
  due_since timestamptz not null default now(), -- for a day it is tried; a replay begins another
  created_at timestamptz not null default now(),
  finished_at timestamptz,
  primary key (account_id, id),
  foreign key (account_id, webhook_id) references webhooks (account_id, id) on delete cascade,
  foreign key (account_id, conversation_id) references conversations (account_id, id) on delete cascade
);
create index webhook_deliveries_pending on webhook_deliveries (conversation_id, webhook_id, id) where status = 'pending';
create index webhook_deliveries_webhook on webhook_deliveries (webhook_id, id);
create index webhook_deliveries_conversation on webhook_deliveries (conversation_id);
create index webhook_deliveries_created on webhook_deliveries (created_at);

alter table outbox drop constraint outbox_topic_check;
alter table outbox add constraint outbox_topic_check check (topic in ('conversation', 'send', 'inbox', 'notice', 'webhook'));
