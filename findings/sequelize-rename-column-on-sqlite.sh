#!/usr/bin/env bash
# Question  Sequelize's queryInterface.renameColumn() on SQLite renames a column that no rule speaks of. What
#           changes in the table besides?
# Expected  Nothing: SQLite has had RENAME COLUMN since 2018.
# Seen      The table is made anew from what PRAGMA statements tell. UNIQUE (a, b) becomes UNIQUE on a and UNIQUE on b, so
#           rows that were good before are refused. CHECK, COLLATE, AUTOINCREMENT, ON DELETE CASCADE, indexes and triggers go. Rows of
#           a table that refers to it with ON DELETE CASCADE are deleted. Nothing is reported.
# Between   Sequelize, SQLite
# Versions  Sequelize 6.37.8, sqlite3 5.1.7 (npm), which holds SQLite 3.44.2
# Run       2026-11-28
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --no-audit --no-fund sequelize@6.37.8 sqlite3@5.1.7 >npm.log 2>&1

cat >try.js <<'E'
const { Sequelize } = require('sequelize')

const DDL = `
CREATE TABLE owner (id INTEGER PRIMARY KEY);
CREATE TABLE item (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    a TEXT COLLATE NOCASE,
    b TEXT,
    note TEXT,
    size INTEGER CHECK (size > 0),
    owner INTEGER REFERENCES owner (id) ON DELETE CASCADE,
    UNIQUE (a, b)
);
CREATE INDEX item_size ON item (size);
CREATE TRIGGER item_added AFTER INSERT ON item BEGIN SELECT 1; END;
CREATE TABLE part (item INTEGER REFERENCES item (id) ON DELETE CASCADE);
INSERT INTO item (id, a, b, size) VALUES (1, 'x', 'y', 5);
INSERT INTO part VALUES (1)`

async function main() {
  const db = new Sequelize({ dialect: 'sqlite', storage: 'app.sqlite', logging: false })
  const ask = async (sql) => (await db.query(sql))[0]
  const show = async (label) => {
    console.log(`${label}:`)
    for (const row of await ask("SELECT sql FROM sqlite_schema WHERE tbl_name = 'item' AND sql IS NOT NULL"))
      console.log(' ', row.sql.replace(/\s+/g, ' ').replaceAll('`', ''))
    console.log('  rows of part:', (await ask('SELECT count(*) AS n FROM part'))[0].n)
  }
  console.log('SQLite', (await ask('SELECT sqlite_version() AS v'))[0].v)
  for (const statement of DDL.split(/;\n(?=[A-Z])/)) await db.query(statement)
  await show('before')
  await db.getQueryInterface().renameColumn('item', 'note', 'remark')
  await show('after')
  for (const values of ["'x', 'other'", "'z', 'y'"]) {
    try {
      await db.query(`INSERT INTO item (a, b, size) VALUES (${values}, -1)`)
      console.log(`(${values}, -1): accepted`)
    } catch (error) {
      console.log(`(${values}, -1): ${error.parent.message}`)
    }
  }
  await db.close()
}

main()
E
seen=$(node try.js)
expected=$(cat <<'E'
SQLite 3.44.2
before:
  CREATE TABLE item ( id INTEGER PRIMARY KEY AUTOINCREMENT, a TEXT COLLATE NOCASE, b TEXT, note TEXT, size INTEGER CHECK (size > 0), owner INTEGER REFERENCES owner (id) ON DELETE CASCADE, UNIQUE (a, b) )
  CREATE INDEX item_size ON item (size)
  CREATE TRIGGER item_added AFTER INSERT ON item BEGIN SELECT 1; END
  rows of part: 1
after:
  CREATE TABLE item (id INTEGER PRIMARY KEY, a TEXT UNIQUE, b TEXT UNIQUE, size INTEGER, owner INTEGER REFERENCES owner (id), remark TEXT)
  rows of part: 0
('x', 'other', -1): SQLITE_CONSTRAINT: UNIQUE constraint failed: item.a
('z', 'y', -1): SQLITE_CONSTRAINT: UNIQUE constraint failed: item.b
E
)
echo "$seen"
if ! diff <(echo "$expected") <(echo "$seen") >changes; then
    echo "CHANGED (stated <, seen >):" >&2
    cat changes >&2
    exit 1
fi
echo "As stated."
