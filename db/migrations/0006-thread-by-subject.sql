-- Mails of programs that write no references are threaded by contact and subject.
alter table inboxes add column thread_by_subject boolean not null default false;
