#!/usr/bin/env bash
# Runs a command with DATABASE_URL leading to a PostgreSQL cluster of its own, gone afterwards.
# The cluster listens on a socket in its own folder, so no port can be taken; losing it costs
# nothing, so it does not wait for the disk.
set -euo pipefail

bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)
bin=${bin:-$(pg_config --bindir 2>/dev/null || true)}
if [[ ! -x $bin/initdb ]]; then
    echo "No PostgreSQL server is installed." >&2
    exit 1
fi

folder=$(mktemp -d "${TMPDIR:-/tmp}/kept-postgres.XXXXXX")
as_server=()
if [[ $(id -u) == 0 ]]; then # PostgreSQL refuses to run as root
    chown postgres "$folder"
    as_server=(setpriv --reuid=postgres --regid=postgres --clear-groups)
fi

stop() {
    cd /
    "${as_server[@]}" "$bin/pg_ctl" --pgdata "$folder/data" --mode immediate --silent stop \
        >/dev/null 2>&1 || true
    rm -rf "$folder"
}
trap stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

(
    cd "$folder"
    "${as_server[@]}" "$bin/initdb" --pgdata data --username kept --auth trust \
        --encoding UTF8 --locale C.UTF-8 --no-sync >/dev/null
    "${as_server[@]}" "$bin/pg_ctl" --pgdata data --log log --silent --wait start --options \
        "-c listen_addresses='' -c unix_socket_directories=$folder -c fsync=off \
         -c synchronous_commit=off -c full_page_writes=off -c max_connections=50"
) || {
    cat "$folder/log" >&2 2>/dev/null
    exit 1
}
chmod 755 "$folder"

DATABASE_URL="postgres://kept@${folder//\//%2F}/postgres" "$@"
