-- Until when the bot may answer what it was told, or could not be told; then people are asked.
alter table bot_events add column answer_by timestamptz;
create index bot_events_unanswered on bot_events (answer_by) where answer_by is not null;
