-- What has waited for too long, oldest first, without reading what is done.
create index webhook_deliveries_waiting on webhook_deliveries (due_since) where status = 'pending';
create index bot_events_waiting on bot_events (created_at) where status = 'pending';
create index action_receipts_waiting on action_receipts (created_at) where outcome = 'pending' and reason is null;
