#!/usr/bin/env bash
# Question  peewee's playhouse.migrate does drop_not_null() on SQLite by rebuilding the table. What comes out for a table
#           that was written by hand: "not null" in lower case, STRICT, WITHOUT ROWID?
# Expected  The column may be NULL afterwards and the rest of the table is as it was; or an error.
# Seen      No error. STRICT and WITHOUT ROWID are gone, and the column is still NOT NULL: only the words in capital letters
#           are found in the table's text. Written in capitals the column is changed, and STRICT is lost all the same.
# Between   peewee's migrator and SQLite's stored table texts
# Versions  peewee 4.5.3, SQLite of the Python that runs it (3.37 or later)
# Run       2026-11-28
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip -q install peewee==4.5.3

cat >try.py <<'E'
import peewee
from playhouse.migrate import SqliteMigrator, migrate

print("peewee", peewee.__version__)
for ddl in (
    "CREATE TABLE t (k TEXT PRIMARY KEY, v INTEGER NOT NULL) STRICT",
    "CREATE TABLE t (k TEXT PRIMARY KEY, v INTEGER NOT NULL) WITHOUT ROWID",
    "create table t (k text primary key, v integer not null) strict, without rowid",
):
    db = peewee.SqliteDatabase(":memory:")
    db.execute_sql(ddl)
    migrate(SqliteMigrator(db).drop_not_null("t", "v"))
    print("before:", ddl)
    print("after: ", db.execute_sql("SELECT sql FROM sqlite_schema WHERE name = 't'").fetchone()[0])
    for row in (("a", None), ("b", "no number")):
        try:
            db.execute_sql("INSERT INTO t VALUES (?, ?)", row)
            print(row, "accepted")
        except peewee.IntegrityError as error:
            print(row, error)
E
seen=$(venv/bin/python try.py)
expected=$(cat <<'E'
peewee 4.5.3
before: CREATE TABLE t (k TEXT PRIMARY KEY, v INTEGER NOT NULL) STRICT
after:  CREATE TABLE "t" (k TEXT PRIMARY KEY, v INTEGER )
('a', None) accepted
('b', 'no number') accepted
before: CREATE TABLE t (k TEXT PRIMARY KEY, v INTEGER NOT NULL) WITHOUT ROWID
after:  CREATE TABLE "t" (k TEXT PRIMARY KEY, v INTEGER )
('a', None) accepted
('b', 'no number') accepted
before: create table t (k text primary key, v integer not null) strict, without rowid
after:  CREATE TABLE "t" (k text primary key, v integer not null)
('a', None) NOT NULL constraint failed: t.v
('b', 'no number') accepted
E
)
echo "$seen"
if ! diff <(echo "$expected") <(echo "$seen") >changes; then
    echo "CHANGED (stated <, seen >):" >&2
    cat changes >&2
    exit 1
fi
echo "As stated."
