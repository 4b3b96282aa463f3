-- What a malware scanner refused is not kept; the reason stays.
alter table attachments drop constraint attachments_state_check;
alter table attachments add constraint attachments_state_check
  check (state in ('stored', 'in_mailbox', 'lost', 'refused'));
