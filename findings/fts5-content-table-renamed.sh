#!/usr/bin/env bash
# Question  An FTS5 table indexes the rows of another table (content='note'), kept up to date by a trigger. The
#           other table, or its column, is renamed by ALTER TABLE. Does full-text search go on?
# Expected  Yes: SQLite rewrites what refers to the table (triggers, views, foreign keys), or refuses the rename.
# Seen      The rename is accepted and the trigger rewritten, but the FTS5 table keeps the old name in its own
#           declaration. Inserts go on, MATCH still finds row ids and even FTS5's integrity-check passes; reading a
#           column of a hit and 'rebuild' fail. A test that only counts hits does not notice.
#           After a table's rename a view with the old name repairs it; else drop and create the FTS5 table.
# Between   SQLite's ALTER TABLE and FTS5
# Versions  SQLite 3.54.1 and 3.40.1 (PyPI apsw 3.54.1.0 and 3.40.1.0): the same but for the error texts
# Run       2026-11-28
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
for apsw in 3.54.1.0 3.40.1.0; do
    python3 -m venv "apsw-$apsw"
    "apsw-$apsw/bin/pip" -q install apsw==$apsw
done

cat >try.py <<'E'
import apsw

print("SQLite", *next(apsw.Connection(":memory:").cursor().execute("SELECT sqlite_version()")))
HITS = "SELECT body FROM search WHERE search MATCH 'hello'"
for table, rename, repair in (
    ("memo", "ALTER TABLE note RENAME TO memo", ["CREATE VIEW note AS SELECT id, body FROM memo", HITS]),
    ("note", "ALTER TABLE note RENAME COLUMN body TO txt", []),
):
    db = apsw.Connection(":memory:")
    cursor = db.cursor()
    cursor.execute("""
        CREATE TABLE note (id INTEGER PRIMARY KEY, body TEXT);
        CREATE VIRTUAL TABLE search USING fts5(body, content='note', content_rowid='id');
        CREATE TRIGGER note_added AFTER INSERT ON note BEGIN
            INSERT INTO search(rowid, body) VALUES (new.id, new.body);
        END;
        INSERT INTO note VALUES (1, 'hello');""")
    for statement in (
        rename,
        f"INSERT INTO {table} VALUES (2, 'hello again')",
        "SELECT group_concat(rowid) FROM search WHERE search MATCH 'hello'",
        "INSERT INTO search(search) VALUES ('integrity-check')",
        HITS,
        "INSERT INTO search(search) VALUES ('rebuild')",
        *repair,
    ):
        try:
            rows = list(cursor.execute(statement))
            print(f"{statement}: {rows or 'accepted'}")
        except apsw.Error as error:
            print(f"{statement}: {error}")
E
seen=$(for apsw in 3.54.1.0 3.40.1.0; do "apsw-$apsw/bin/python" try.py; done)
expected=$(cat <<'E'
SQLite 3.54.1
ALTER TABLE note RENAME TO memo: accepted
INSERT INTO memo VALUES (2, 'hello again'): accepted
SELECT group_concat(rowid) FROM search WHERE search MATCH 'hello': [('1,2',)]
INSERT INTO search(search) VALUES ('integrity-check'): accepted
SELECT body FROM search WHERE search MATCH 'hello': no such table: main.note
INSERT INTO search(search) VALUES ('rebuild'): no such table: main.note
CREATE VIEW note AS SELECT id, body FROM memo: accepted
SELECT body FROM search WHERE search MATCH 'hello': [('hello',), ('hello again',)]
ALTER TABLE note RENAME COLUMN body TO txt: accepted
INSERT INTO note VALUES (2, 'hello again'): accepted
SELECT group_concat(rowid) FROM search WHERE search MATCH 'hello': [('1,2',)]
INSERT INTO search(search) VALUES ('integrity-check'): accepted
SELECT body FROM search WHERE search MATCH 'hello': no such column: T.body
INSERT INTO search(search) VALUES ('rebuild'): no such column: T.body
SQLite 3.40.1
ALTER TABLE note RENAME TO memo: accepted
INSERT INTO memo VALUES (2, 'hello again'): accepted
SELECT group_concat(rowid) FROM search WHERE search MATCH 'hello': [('1,2',)]
INSERT INTO search(search) VALUES ('integrity-check'): accepted
SELECT body FROM search WHERE search MATCH 'hello': SQLError: no such table: main.note
INSERT INTO search(search) VALUES ('rebuild'): SQLError: SQL logic error
CREATE VIEW note AS SELECT id, body FROM memo: accepted
SELECT body FROM search WHERE search MATCH 'hello': [('hello',), ('hello again',)]
ALTER TABLE note RENAME COLUMN body TO txt: accepted
INSERT INTO note VALUES (2, 'hello again'): accepted
SELECT group_concat(rowid) FROM search WHERE search MATCH 'hello': [('1,2',)]
INSERT INTO search(search) VALUES ('integrity-check'): accepted
SELECT body FROM search WHERE search MATCH 'hello': SQLError: no such column: T.body
INSERT INTO search(search) VALUES ('rebuild'): SQLError: SQL logic error
E
)
echo "$seen"
if ! diff <(echo "$expected") <(echo "$seen") >changes; then
    echo "CHANGED (stated <, seen >):" >&2
    cat changes >&2
    exit 1
fi
echo "As stated."
