-- Words of messages, for the search of conversations. They are written behind the messages: an import
-- would take twice as long if it waited for them.
create extension if not exists unaccent;
create extension if not exists btree_gin;

-- Both languages for every message: which one it is in nobody tells.
create text search configuration search_portuguese (copy = pg_catalog.portuguese);
alter text search configuration search_portuguese
  alter mapping for hword, hword_part, word with unaccent, portuguese_stem;
create text search configuration search_english (copy = pg_catalog.english);
alter text search configuration search_english
  alter mapping for hword, hword_part, word with unaccent, english_stem;

create table message_words (
  account_id bigint not null,
  message_id bigint not null,
  words tsvector not null,
  primary key (account_id, message_id),
  foreign key (account_id, message_id) references messages (account_id, id) on delete cascade
);
create index message_words_words on message_words using gin (account_id, words);

-- Messages whose words are still to be written, those of a transaction in one row.
create table due_words (
  id bigint generated always as identity primary key,
  account_id bigint not null,
  message_ids bigint[] not null
);
insert into due_words (account_id, message_ids)
  select account_id, array_agg(id) from messages group by account_id, id / 500;
