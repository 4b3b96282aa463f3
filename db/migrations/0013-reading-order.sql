-- Live messages read in the order they came, whatever their senders' clocks say.
alter table messages add column reads_at timestamptz; -- null: at sent_at
drop index messages_conversation;
create index messages_conversation on messages (conversation_id, coalesce(reads_at, sent_at), id);
