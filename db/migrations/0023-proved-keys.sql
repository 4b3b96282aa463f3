-- Only what an inbox proved to be its own is its own in the world: who merely names a mailbox, number or
-- page keeps nobody else from connecting it.
alter table inboxes add column proved_key text;
update inboxes set proved_key = channel_key || case channel
  when 'email' then ' at ' || coalesce(settings -> 'imap' ->> 'host', settings -> 'smtp' ->> 'host') || case
    when lower(coalesce(settings -> 'imap' ->> 'login', settings -> 'smtp' ->> 'login')) = lower(address) then ''
    else ' as ' || lower(coalesce(settings -> 'imap' ->> 'login', settings -> 'smtp' ->> 'login')) end
  when 'google' then ' at imap.gmail.com'
  when 'microsoft' then ' at outlook.office365.com'
  when 'whatsapp_twilio' then ' at ' || (settings ->> 'account_sid')
  else '' end
where phase in ('importing', 'active');
drop index inboxes_channel_key;
create unique index inboxes_channel_key on inboxes (channel_key, account_id) where phase <> 'disconnected';
create unique index inboxes_proved_key on inboxes (proved_key) where phase <> 'disconnected';
