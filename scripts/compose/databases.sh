#!/bin/sh
# Run once by the Postgres image, on an empty volume: a role for each tenant of the cluster, so that
# neither can read the other's rows and neither is a superuser.
set -eu

database() { # role, database...
  role=$1
  shift
  psql --no-psqlrc -v ON_ERROR_STOP=1 -v role="$role" \
    -v password="$(cat "/run/secrets/${role}_password")" <<'SQL'
create role :"role" login password :'password';
SQL
  for name in "$@"; do
    psql --no-psqlrc -v ON_ERROR_STOP=1 -v role="$role" -v name="$name" <<'SQL'
create database :"name" owner :"role";
revoke all on database :"name" from public;
SQL
  done
}

database cloudchat cloudchat
database temporal temporal temporal_visibility
