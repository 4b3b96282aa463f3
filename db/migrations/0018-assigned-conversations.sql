-- Whose turn it is, and what an agent has open, without reading the account's whole past.
create index conversations_assigned on conversations (account_id, assignee_id)
  where status in ('open', 'pending');
