-- What an automation, a workflow begun by a rule, has done: a receipt for each of its actions.
create table automation_receipts (
  account_id bigint not null,
  run_id bigint not null,
  step int not null,                          -- the rule's action that began the workflow
  part int not null,                          -- the action of the workflow, counted by it
  action text not null,
  outcome text not null check (outcome in ('done', 'pending', 'skipped', 'failed')),
  reason text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (account_id, run_id, step, part),
  foreign key (account_id, run_id, step) references action_receipts (account_id, run_id, step) on delete cascade
);
