#!/bin/sh
# Brings the database up to date, then becomes the service. However many containers start at once,
# one applies what is pending and the others wait for it.
set -eu
if [ "${LIMBEC_POLICY:-apply}" = apply ]; then
    "$1" migrate upgrade heads
fi
exec "$@"
