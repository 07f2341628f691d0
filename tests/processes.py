"""Kept's commands as processes of their own, on the test's own database."""

import os
import subprocess
import sys
from pathlib import Path

from django.db import connection

ROOT = Path(__file__).resolve().parent.parent


def database_url() -> str:
    """Where this test's database can be reached by another process."""
    name, at = connection.settings_dict["NAME"], connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    host = at["HOST"].replace("/", "%2F")
    return f"postgres://{at['USER']}:{at['PASSWORD']}@{host}:{at['PORT']}/{name}"


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """`manage.py` with `arguments`, to its end."""
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=os.environ | {"DATABASE_URL": database_url()} | environment,
        capture_output=True,
        text=True,
        timeout=60,
    )
