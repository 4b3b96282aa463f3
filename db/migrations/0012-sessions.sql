-- A login is a key that a cookie carries; null: a key that a program holds.
alter table api_keys add column session_expires_at timestamptz;
create index api_keys_sessions on api_keys (session_expires_at) where session_expires_at is not null;
create index users_login on users (lower(email)) where password_hash is not null;
