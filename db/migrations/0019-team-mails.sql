-- Whom an action's mail to a team has reached: a repeat goes to the others only.
create table team_mails (
  account_id bigint not null,
  run_id bigint not null,
  step int not null,
  delivery text not null,                     -- the action's delivery id; an automation has several
  user_id bigint not null,
  sent_at timestamptz not null,
  primary key (account_id, run_id, step, delivery, user_id),
  foreign key (account_id, run_id, step) references action_receipts (account_id, run_id, step) on delete cascade
);
