-- When an API last took requests: what providers pushed while none did has to be asked for.
create table api_presence (
  one boolean primary key default true check (one),
  served_at timestamptz not null
);
