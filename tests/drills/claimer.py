"""One of several who start the same due users at once: `python -m tests.drills.claimer`.

Waits for a line on its standard input, `make N` or `start INSTANT`, and answers in one of JSON.
"""

import json
import os
import sys
from datetime import UTC, datetime, time

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")
django.setup()

from crm.models import Member, Team, User  # noqa: E402 - Django must be set up first
from followups import delivering  # noqa: E402

DUE = time(7)


def make(number: int) -> int:
    """Users whose digest is due at seven, beginning with today; returns how many there are."""
    team = Team.objects.create(name="Many")
    today = datetime.now(UTC).date()
    due_at = datetime.combine(today, DUE, tzinfo=UTC)
    users = User.objects.bulk_create(
        User(email=f"claimed{n}@example.com", digest_at=DUE, digest_on=today, digest_due_at=due_at)
        for n in range(number)
    )
    Member.objects.bulk_create(Member(user=user, team=team) for user in users)
    return len(users)


def start(now: datetime) -> dict[str, object]:
    """Make the deliveries of all who are due, and claim every one that can be had."""
    made = delivering.make_due(delivering.find_due_users(now), now)
    wanted = delivering.find_ready(now)
    return {"made": made, "claimed": [pk for pk in wanted if delivering.claim(pk, now)]}


def main() -> None:
    for line in sys.stdin:
        verb, word = line.split()
        said = make(int(word)) if verb == "make" else start(datetime.fromisoformat(word))
        print(json.dumps(said), flush=True)


if __name__ == "__main__":
    main()
