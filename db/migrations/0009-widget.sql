-- The web widget. A session is one browser of one visitor; it has no contact before the first
-- message, unless the site named one that exists.
create table widget_sessions (
  account_id bigint not null,
  id bigint generated always as identity,
  inbox_id bigint not null,
  token_hash bytea not null unique,           -- SHA-256 of the token; the browser has the token
  contact_id bigint,
  identifier text,                            -- the site's own id of the visitor
  verified boolean not null default false,    -- the site's back end signed the identifier
  profile jsonb not null default '{}',        -- what the page told of the visitor, for the contact
  origin text not null,                       -- of the page; '' in a mobile app's own view
  created_at timestamptz not null default now(),
  seen_at timestamptz not null default now(),
  revoked_at timestamptz,
  primary key (account_id, id),
  foreign key (account_id, inbox_id) references inboxes (account_id, id),
  foreign key (account_id, contact_id) references contacts (account_id, id) on delete cascade
);
create unique index widget_sessions_id on widget_sessions (id);
create index widget_sessions_contact on widget_sessions (contact_id) where contact_id is not null;

-- Who may see a conversation: the session that began it, and verified sessions of its identifier.
create table widget_conversations (
  account_id bigint not null,
  conversation_id bigint not null,
  session_id bigint not null,
  identifier text,                            -- null: begun by somebody nobody vouched for
  primary key (account_id, conversation_id),
  foreign key (account_id, conversation_id) references conversations (account_id, id) on delete cascade,
  foreign key (account_id, session_id) references widget_sessions (account_id, id) on delete cascade
);
create index widget_conversations_session on widget_conversations (session_id);

-- News for the visitors of a contact. `seq` is taken in the transaction that writes the news, so
-- that the row lock makes it the order of the commits and no reader can miss a late one.
create table visitor_feeds (
  account_id bigint not null,
  inbox_id bigint not null,
  contact_id bigint not null,
  last_seq bigint not null,
  primary key (account_id, inbox_id, contact_id),
  foreign key (account_id, contact_id) references contacts (account_id, id) on delete cascade
);
create index visitor_feeds_contact on visitor_feeds (contact_id);
create table visitor_events (
  account_id bigint not null,
  inbox_id bigint not null,
  contact_id bigint not null,
  seq bigint not null,
  kind text not null check (kind in ('message.created', 'conversation.updated')),
  conversation_id bigint not null,
  message_id bigint,
  created_at timestamptz not null default now(),
  primary key (account_id, inbox_id, contact_id, seq),
  foreign key (account_id, conversation_id) references conversations (account_id, id) on delete cascade
);
create index visitor_events_conversation on visitor_events (conversation_id);
create index visitor_events_created on visitor_events (created_at);

-- What an administrator looks at when a widget does not work: where it was seen or refused, wrong
-- hashes, identifiers that cannot be one person's.
create table widget_sightings (
  account_id bigint not null,
  inbox_id bigint not null,
  kind text not null check (kind in ('origin_allowed', 'origin_blocked', 'hash_wrong', 'hash_missing', 'address_changed', 'contact_clash')),
  value text not null,
  count bigint not null default 1,
  first_at timestamptz not null default now(),
  last_at timestamptz not null default now(),
  primary key (account_id, inbox_id, kind, value),
  foreign key (account_id, inbox_id) references inboxes (account_id, id)
);
