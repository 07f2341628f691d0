"""What a tick costs with nothing due, and how fast nudges are made: `-m tests.bench.ticking`.

Fills the database of DATABASE_URL, which should be an empty one:
`.ci/with_postgres.sh .venv/bin/python -m tests.bench.ticking`.
"""

import os
import statistics
import sys
from datetime import datetime, timedelta
from time import perf_counter

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")
django.setup()

from django.core.management import call_command  # noqa: E402 - Django must be set up first
from django.utils import timezone  # noqa: E402

from contacts.models import Contact  # noqa: E402
from followups import ticking  # noqa: E402
from followups.models import Nudge  # noqa: E402

SIZES = [(1, 1_000), (20, 5_000)]  # keepers, and the contacts of each
IDLE_TICKS = 300
AGO = timedelta(days=45)


def main() -> int:
    call_command("migrate", verbosity=0)
    for keepers, contacts in SIZES:
        began = timezone.now()
        at = (began - AGO).isoformat()
        sizes = {"keepers": keepers, "contacts": contacts, "notes": contacts, "at": at}
        call_command("make_book", **sizes, stdout=sys.stderr)
        before, started = Nudge.objects.count(), perf_counter()
        turn_everybody(timezone.now())
        took, made = perf_counter() - started, Nudge.objects.count() - before
        print(f"{Contact.objects.count():,} contacts")
        print(f"  {made:,} nudges of {contacts * keepers:,} contacts in {took:.1f} s")
        print(f"  {made / took:,.0f} nudges a second")
        middle, slow = idle_ticks()
        print(f"  a tick with nothing due: median {middle:.2f} ms, 95 of 100 within {slow:.2f} ms")
    return 0


def turn_everybody(now: datetime) -> None:
    while ticking.tick(now)["turn_days"]:
        pass


def idle_ticks() -> tuple[float, float]:
    """Milliseconds of a tick: the median, and what 95 of 100 stay within."""
    times = []
    for _ in range(IDLE_TICKS):
        started = perf_counter()
        ticking.tick(timezone.now())
        times.append(1000 * (perf_counter() - started))
    return statistics.median(times), statistics.quantiles(times, n=20)[-1]


if __name__ == "__main__":
    sys.exit(main())
