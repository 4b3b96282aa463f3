-- When an inbox last received and sent. Without history: an import would pay for it, mail by mail.
create index messages_newest on messages (inbox_id, direction, sent_at)
  where origin <> 'history' and not private;
