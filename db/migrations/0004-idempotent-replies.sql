-- Key, effect and reply are written in one transaction, so there is no key without a reply any more.
delete from idempotency_keys where response_status is null;
alter table idempotency_keys alter column response_status set not null;
