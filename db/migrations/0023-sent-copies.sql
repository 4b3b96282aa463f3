-- A mail has gone out and its copy is not in Sent so far; nobody else files it before that time.
alter table send_attempts add column copy_due_at timestamptz;
create index send_attempts_copy_due on send_attempts (account_id, copy_due_at)
  where copy_due_at is not null;
