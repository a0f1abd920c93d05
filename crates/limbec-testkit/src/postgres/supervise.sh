# Keeper of one throw-away server: makes its data, runs it, and ends it and removes its
# directory when standard input closes. The other end of that pipe is held by the process that
# wanted the server, so the server cannot outlive it, however that process ends.
#
# Arguments: directory, folder of the server's programs, locale, port, the port of the server whose
# standby it is or nothing; then the server's settings. Each line of standard input starts the server
# again, which has ended before.
# Leaves in the directory: `data`, `log`, and `exited` once initdb has failed or the server ended.

directory=$1
programs=$2
locale=$3
port=$4
primary=$5
shift 5
cd "$directory" || exit 1

make() {
    if [ -n "$primary" ]; then
        "$programs/pg_basebackup" -D data -h 127.0.0.1 -p "$primary" -U postgres -R -X stream \
            --checkpoint=fast --no-sync
    else
        "$programs/initdb" -D data -U postgres --auth=trust --encoding=UTF8 --locale="$locale" --no-sync
    fi
}

serve() {
    (
        exec </dev/null >>log 2>&1
        [ -d data ] || make && "$programs/postgres" -D data -p "$port" "$@"
        : >exited
    ) &
}

serve "$@"
while read -r _; do
    serve "$@"
done

# Fast shutdown first; then, should it hang, immediate shutdown, and at last the kernel's way.
# The server's own pid file says who is meant; it is gone when the server is.
tries=0
while [ ! -e exited ] && [ "$tries" -lt 300 ]; do
    if [ "$tries" -lt 100 ]; then
        signal=INT
    elif [ "$tries" -lt 200 ]; then
        signal=QUIT
    else
        signal=KILL
    fi
    pid=$(head -n 1 data/postmaster.pid 2>/dev/null) && kill -s "$signal" "$pid" 2>/dev/null
    tries=$((tries + 1))
    sleep 0.1
done

cd / && rm -rf "$directory"
