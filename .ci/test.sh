#!/usr/bin/env bash
# Every test: on SQLite with a browser, then what meets a database on PostgreSQL. Runs what it can
# where a service can't be had, says what it left out, and fails if any test failed. Some tests
# mostly wait for processes, so three workers keep two processors busy.
set -uo pipefail
cd "$(dirname "$0")/.."
jobs=${JOBS:-3}

# Installs Debian's package $1 if the check in the other arguments fails and this machine lets us.
need() {
    local package=$1
    shift
    "$@" >/dev/null 2>&1 && return
    if [[ $(id -u) == 0 ]] && command -v apt-get >/dev/null; then
        echo "Installing Debian's $package ..."
        { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y \
            --no-install-recommends "$package"; } >/dev/null 2>&1 </dev/null
    fi
    "$@" >/dev/null 2>&1
}

status=0

echo "== SQLite"
need chromium command -v chromium || echo "No chromium here: the browser's tests are skipped."
env -u DATABASE_URL .venv/bin/pytest --numprocesses "$jobs" --quiet "$@" || status=1

echo "== PostgreSQL"
need redis-server command -v redis-server || echo "No Redis here: the whole stack is not tested."
if need postgresql .ci/with_postgres.sh true; then
    .ci/with_postgres.sh .venv/bin/pytest --numprocesses "$jobs" --quiet -m "not browser" "$@" ||
        status=1
else
    echo "No PostgreSQL here: the tests ran on SQLite alone."
fi
exit $status
