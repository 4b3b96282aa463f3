-- When a mail was composed, as its Date says; and that its copy is not in Sent so far: nobody else
-- files it before copy_due_at.
alter table send_attempts add column composed_at timestamptz, add column copy_due_at timestamptz;
create index send_attempts_copy_due on send_attempts (account_id, copy_due_at)
  where copy_due_at is not null;
