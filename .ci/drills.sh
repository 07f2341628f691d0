#!/usr/bin/env bash
# The drills, on a PostgreSQL cluster of their own where there is one, else on SQLite alone.
set -euo pipefail
cd "$(dirname "$0")/.."

if .ci/with_postgres.sh true 2>/dev/null; then
    exec .ci/with_postgres.sh .venv/bin/python -m tests.drills "$@"
fi
exec env -u DATABASE_URL .venv/bin/python -m tests.drills "$@"
