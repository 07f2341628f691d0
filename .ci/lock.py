"""`write` makes requirements.lock from pyproject.toml; `check` tells whether they belong together.

The lock opens with a digest of what pyproject.toml asks for, so the check needs no registry.
"""

import hashlib
import json
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements.lock"
COMPILE = (
    ".venv/bin/uv pip compile pyproject.toml --all-extras --universal --generate-hashes "
    "--no-header --no-annotate --no-emit-index-url --no-emit-find-links --quiet "
    "--output-file requirements.lock"
)


def main(verb: str, *options: str) -> int:
    if verb == "write":
        subprocess.run([*COMPILE.split(), *options], cwd=ROOT, check=True)
        pins = [line for line in LOCK.read_text().splitlines() if not line.startswith("#")]
        LOCK.write_text("\n".join([digest_line(), *pins]) + "\n")
        return 0
    if LOCK.read_text().startswith(digest_line() + "\n"):
        return 0
    sys.stderr.write("requirements.lock is older than pyproject.toml: run `make lock`.\n")
    return 1


def digest_line() -> str:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    keys = ("requires-python", "dependencies", "optional-dependencies")
    wanted = json.dumps([project[key] for key in keys], sort_keys=True)
    return f"# for dependencies {hashlib.sha256(wanted.encode()).hexdigest()}"


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
