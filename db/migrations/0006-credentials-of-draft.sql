-- Which form the credentials came from: a repeat of the connect that stored them knows itself by it.
alter table credentials add column draft_id uuid;
