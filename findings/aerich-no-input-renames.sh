#!/usr/bin/env bash
# Question  A model loses one integer field and gains another that has nothing to do with it. What does
#           "aerich migrate --no-input" write, and what becomes of the old values?
# Expected  DROP COLUMN and ADD COLUMN, as other tools do when they cannot ask.
# Seen      RENAME COLUMN, without a word: the new field takes over the old field's values. The field to be renamed is
#           taken for granted where the types agree; only a run that asks lets one say no.
# Between   aerich (Tortoise ORM's migrations), unattended runs, SQLite
# Versions  aerich 0.10.1, tortoise-orm 1.1.9
# Run       2026-11-28
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip -q install 'aerich[toml]==0.10.1' tortoise-orm==1.1.9

cat >settings.py <<'E'
TORTOISE = {
    "connections": {"default": "sqlite://app.sqlite"},
    "apps": {"models": {"models": ["models", "aerich.models"], "default_connection": "default"}},
}
E
cat >models.py <<'E'
from tortoise import fields, models


class Item(models.Model):
    id = fields.IntField(primary_key=True)
    price = fields.IntField(null=True)

    class Meta:
        table = "item"
E
sql() { venv/bin/python -c 'import sqlite3, sys; db = sqlite3.connect("app.sqlite"); [print(*row) for row in db.execute(sys.argv[1])]; db.commit()' "$1"; }
try() {
    venv/bin/aerich --version
    {
        venv/bin/aerich init -t settings.TORTOISE
        venv/bin/aerich init-db
    } >init.log
    sql "INSERT INTO item (price) VALUES (4200)"
    sed -i 's/price = /stock = /' models.py
    venv/bin/aerich migrate --no-input </dev/null >migrate.log
    grep -h 'RENAME\|DROP COLUMN\|ADD ' migrations/models/1_*.py | sed -n '1s/^ *//p'
    venv/bin/aerich upgrade >upgrade.log
    echo "stock of the item that had the price 4200: $(sql 'SELECT stock FROM item')"
}
seen=$(PYTHONPATH=. try)
expected='aerich, version 0.10.1
ALTER TABLE "item" RENAME COLUMN "price" TO "stock";"""
stock of the item that had the price 4200: 4200'
echo "$seen"
if ! diff <(echo "$expected") <(echo "$seen") >changes; then
    echo "CHANGED (stated <, seen >):" >&2
    cat changes >&2
    exit 1
fi
echo "As stated."
