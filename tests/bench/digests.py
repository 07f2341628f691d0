"""How many digests one process writes and hands over in a minute: `-m tests.bench.digests`.

Fills the database of DATABASE_URL, which should be an empty one, and sends to the tests' own mail
server, in a process of its own: `.ci/with_postgres.sh .venv/bin/python -m tests.bench.digests`.
"""

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from time import perf_counter

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")
django.setup()

from django.conf import settings  # noqa: E402 - Django must be set up first
from django.core.management import call_command  # noqa: E402
from django.utils import timezone  # noqa: E402

from crm.models import User  # noqa: E402
from followups import delivering, digest, mail, ticking  # noqa: E402

KEEPERS, CONTACTS = 200, 150
ROOT = Path(__file__).resolve().parents[2]


def main() -> int:
    call_command("migrate", verbosity=0)
    sizes = {"keepers": KEEPERS, "contacts": CONTACTS, "notes": 2 * CONTACTS}
    call_command("make_book", **sizes, stdout=sys.stderr)
    now = timezone.now()
    while ids := ticking.find_days(now):
        ticking.turn_days(ids, now)
    minute_ago = now - timedelta(minutes=1)
    User.objects.update(
        time_zone="UTC",
        digest_at=minute_ago.time(),
        digest_on=minute_ago.date(),
        digest_due_at=minute_ago,
    )
    with tempfile.TemporaryDirectory() as folder, sink(Path(folder)) as port:
        settings.MAILERS = {
            "default": {
                "BACKEND": "crm.smtp.EmailBackend",
                "OPTIONS": {"host": "127.0.0.1", "port": port, "timeout": 60},
            }
        }
        delivering.make_due(delivering.find_due_users(now), now)
        rows = delivering.find_ready(now)
        started = perf_counter()
        states = delivering.deliver_all(rows, now)
        took = perf_counter() - started
    print(f"{dict(states)} in {took:.1f} s: {60 * len(rows) / took:,.0f} digests a minute")
    read, write = writing(now)
    print(
        f"  of one: {1000 * read:.0f} ms reading the book, {1000 * write:.0f} ms writing the mail"
    )
    return 0


def writing(now: object) -> tuple[float, float]:
    """Seconds of one digest, on average: to read what it says, and to write it as a mail."""
    users = User.objects.select_related("member__team")[:50]
    started = perf_counter()
    digests = [digest.build(user, on=user.today(now), now=now) for user in users]
    read = perf_counter()
    for each in digests:
        mail.compose(each, message_id="<1@kept.example>").message().as_bytes()
    return (read - started) / len(digests), (perf_counter() - read) / len(digests)


@contextmanager
def sink(folder: Path) -> Iterator[int]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "tests.sink", str(port), str(folder / "journal")]
    process = subprocess.Popen(command, cwd=ROOT)
    try:
        for _ in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield port
    finally:
        process.terminate()
        process.wait()


if __name__ == "__main__":
    sys.exit(main())
