#!/bin/sh
# Brings the database up to date, then becomes the worker. However many containers start at once, one
# applies what is pending and the others wait for it. The api does so itself, and says at `/health` how far
# it is. Any other command runs as it is: `api migrate check`, a shell.
set -eu
if [ "$*" = worker ] && [ "${LIMBEC_POLICY:-apply}" = apply ]; then
    # Process 1 of a container gets every signal, and a shell hands none on by itself.
    worker migrate upgrade heads &
    upgrade=$!
    trap 'kill -TERM "$upgrade"' TERM
    trap 'kill -INT "$upgrade"' INT
    code=0
    wait "$upgrade" || code=$?
    # A signal ends the wait, and not yet the upgrade.
    while kill -0 "$upgrade" 2>/dev/null; do
        wait "$upgrade" || code=$?
    done
    trap - TERM INT
    [ "$code" -eq 0 ] || exit "$code"
fi
exec "$@"
