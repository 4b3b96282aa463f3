-- Rules that wait, leave the house and explain themselves.
alter table accounts add column business_hours jsonb not null default '[]'; -- OpenHours; empty: always open
alter table conversations add column muted boolean not null default false;  -- people are not told of its messages
alter table outbox add column changes jsonb;           -- what the event changed: [before, after] by attribute

alter table automation_rules add column deleted_at timestamptz; -- its runs stay, and name it

alter table rule_runs add column actions jsonb not null default '[]'; -- as they were when it began
alter table rule_runs add column step int not null default 0;         -- the action that it is at
alter table rule_runs add column waits_for text check (waits_for in ('time', 'contact', 'agent', 'step'));
alter table rule_runs add column due_at timestamptz;   -- when it goes on by itself; null: never, or it is over
create index rule_runs_due on rule_runs (due_at) where due_at is not null;
create index conversations_snoozed on conversations (snoozed_until) where status = 'snoozed';
create index rule_runs_unfinished on rule_runs (conversation_id, id) where finished_at is null;
create index rule_runs_rule on rule_runs (rule_id, id);
create index rule_runs_inbox on rule_runs (inbox_id, id);

-- One message deserves one answer: of several that wait, the last is delivered.
create index bot_events_pending on bot_events (conversation_id) where status = 'pending';
