#!/usr/bin/env bash
# The virtual environment .venv, holding exactly what requirements.lock names.
set -euo pipefail
cd "$(dirname "$0")/.."

is_new_enough() {
    "$1" -c 'import sys, ensurepip, venv; sys.exit(sys.version_info < (3, 12))' >/dev/null 2>&1
}

find_python() {
    local name
    for name in "python$(<.python-version)" python3 python3.14 python3.12 python; do
        if is_new_enough "$name"; then
            echo "$name"
            return
        fi
    done
    cat >&2 <<'EOF'
Kept needs Python 3.12 or newer, with its venv module, and found none.
On Debian or Ubuntu: apt-get install python3.13-venv (or 3.12). With pyenv: pyenv install 3.13.
EOF
    return 1
}

if ! .venv/bin/python -m pip --version >/dev/null 2>&1; then # absent, or its folder was moved
    python=$(find_python)
    rm -rf .venv
    "$python" -m venv .venv
fi
if ! .venv/bin/uv --version >/dev/null 2>&1; then # the lock pins the installer, too
    sed -n '/^uv==/,/[^\\]$/p' requirements.lock |
        .venv/bin/python -m pip install --quiet --disable-pip-version-check \
            --require-hashes --no-deps --requirement /dev/stdin
fi
.venv/bin/uv pip sync --quiet --python .venv/bin/python --require-hashes requirements.lock
