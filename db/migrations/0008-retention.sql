-- How long an account keeps its conversations; null: for ever.
alter table accounts add column conversation_retention_days int check (conversation_retention_days > 0);
