#!/usr/bin/env bash
# Question  A column is the second one of a UNIQUE key, of the primary key, or of a plain index. What does
#           ALTER TABLE ... DROP COLUMN of it do on MariaDB?
# Expected  As MySQL: the column leaves each index (and the statement fails only if rows collide then).
# Seen      Only the plain index shrinks. With a composite UNIQUE or primary key the statement is refused with 1072
#           "Key column 'b' doesn't exist in table", though it does exist and no rows collide: the words of an error
#           about a misspelt name. The key must be dropped, or made anew, in the same ALTER TABLE. A UNIQUE key over the
#           column alone goes with it.
# Between   MariaDB, migrations written for MySQL
# Versions  MariaDB 10.11.19 (Debian 12, mariadb-server-core 1:10.11.19-0+deb12u1), PyMySQL 1.2.4
# Run       2026-11-28
set -euo pipefail

version=1:10.11.19-0+deb12u1
umask 022
work=$(mktemp -d)
chmod 755 "$work"
server() { # MariaDB does not like to run as root.
    if [ "$(id -u)" = 0 ]; then setpriv --reuid=nobody --regid=nogroup --clear-groups "$@"; else "$@"; fi
}
cleanup() {
    if [ -f "$work/db/pid" ]; then
        kill "$(cat "$work/db/pid")"
        while [ -f "$work/db/pid" ]; do sleep 0.2; done
    fi
    rm -rf "$work"
}
trap cleanup EXIT
cd "$work"

# Lays the packages under a folder of their own; the machine's own packages stay as they are.
mkdir -p cache/archives/partial root db
if ! apt-get -q -y --no-install-recommends --download-only -o Debug::NoLocking=1 -o Dir::Cache="$work/cache" \
    install "mariadb-server-core=$version" "mariadb-client-core=$version" >apt.log 2>&1; then
    tail -n 3 apt.log >&2
    echo "mariadb-server-core $version is not to be had: this needs Debian 12 and a package list that is up to date" >&2
    exit 1
fi
for package in cache/archives/*.deb; do dpkg-deb -x "$package" root; done
found=$(dpkg-deb -f cache/archives/mariadb-server-core_*.deb Version)
if [ "$found" != "$version" ]; then echo "found version $found, not $version" >&2; fi

python3 -m venv venv
venv/bin/pip -q install pymysql==1.2.4
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
if [ "$(id -u)" = 0 ]; then chown nobody db; fi
laid() { find "$work/root" -type f -name "$1" -print -quit; }
mariadbd=$(laid mariadbd)
base=$(dirname "$(dirname "$mariadbd")")
LD_LIBRARY_PATH=$(find "$work/root" -name '*.so*' -printf '%h\n' | sort -u | paste -s -d :)
export LD_LIBRARY_PATH
server "$(laid mariadb-install-db)" --no-defaults --basedir="$base" --datadir="$work/db/data" \
    --auth-root-authentication-method=normal --skip-test-db >init.log 2>&1 || { cat init.log >&2; exit 1; }
server "$mariadbd" --no-defaults --basedir="$base" --datadir="$work/db/data" --port="$port" \
    --bind-address=127.0.0.1 --socket="$work/db/socket" --pid-file="$work/db/pid" \
    --innodb-flush-log-at-trx-commit=0 >server.log 2>&1 &
unset LD_LIBRARY_PATH
for _ in $(seq 300); do
    if grep -q 'ready for connections' server.log; then break; fi
    sleep 0.2
done

cat >try.py <<'E'
import sys

import pymysql

connection = pymysql.connect(host="127.0.0.1", port=int(sys.argv[1]), user="root", autocommit=True)
cursor = connection.cursor()
cursor.execute("SELECT version()")
print(cursor.fetchone()[0])
cursor.execute("CREATE DATABASE d")
cursor.execute("USE d")
for key, statement in (
    ("KEY k (a, b)", "DROP COLUMN b"),
    ("UNIQUE KEY k (b)", "DROP COLUMN b"),
    ("UNIQUE KEY k (a, b)", "DROP COLUMN b"),
    ("PRIMARY KEY (a, b)", "DROP COLUMN b"),
    ("UNIQUE KEY k (a, b)", "DROP COLUMN b, DROP KEY k, ADD UNIQUE KEY k (a)"),
):
    cursor.execute(f"CREATE OR REPLACE TABLE t (a int NOT NULL, b int NOT NULL, {key})")
    cursor.execute("INSERT INTO t VALUES (1, 1), (2, 2)")
    try:
        cursor.execute(f"ALTER TABLE t {statement}")
        answer = "accepted"
    except pymysql.MySQLError as error:
        answer = "{} {}".format(*error.args)
    cursor.execute("SHOW CREATE TABLE t")
    keys = [line.strip(" ,").replace("`", "") for line in cursor.fetchone()[1].splitlines() if "KEY" in line]
    print(f"{key}; {statement}: {answer}; {keys}")
E
seen=$(venv/bin/python try.py "$port")
expected=$(cat <<'E'
10.11.19-MariaDB-0+deb12u1
KEY k (a, b); DROP COLUMN b: accepted; ['KEY k (a)']
UNIQUE KEY k (b); DROP COLUMN b: accepted; []
UNIQUE KEY k (a, b); DROP COLUMN b: 1072 Key column 'b' doesn't exist in table; ['UNIQUE KEY k (a,b)']
PRIMARY KEY (a, b); DROP COLUMN b: 1072 Key column 'b' doesn't exist in table; ['PRIMARY KEY (a,b)']
UNIQUE KEY k (a, b); DROP COLUMN b, DROP KEY k, ADD UNIQUE KEY k (a): accepted; ['UNIQUE KEY k (a)']
E
)
echo "$seen"
if ! diff <(echo "$expected") <(echo "$seen") >changes; then
    echo "CHANGED (stated <, seen >):" >&2
    cat changes >&2
    exit 1
fi
echo "As stated."
