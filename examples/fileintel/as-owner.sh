#!/bin/sh
# Runs a program as the owner of the folder it works in, so that what it writes there is theirs.
set -eu
exec su-exec "$(stat -c %u:%g .)" "$@"
