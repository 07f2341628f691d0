"""537 real people: every birthday is in the queue on its day, exactly once, all year round."""

from collections import Counter
from datetime import datetime, timedelta

import pytest
from django.core.management import call_command

from contacts.models import LifeEvent
from followups import queue
from followups.models import Nudge
from followups.scheduling import sweep
from tests.factories import make_user

YEAR = 365 + 1


@pytest.mark.long
@pytest.mark.shared
def test_every_birthday_of_a_year_shows_on_its_day_exactly_once(shared, db, now):
    keeper = make_user(email="rep@example.com", people_a_day=1)
    people = shared / "data" / "people" / "people.vcf"
    call_command("import_book", str(people), keeper=keeper.email, verbosity=0)
    birthdays = LifeEvent.objects.birthdays().filter(author=keeper)
    assert birthdays.count() == 537

    seen: Counter[int] = Counter()
    for number in range(YEAR):
        day = now.date() + timedelta(days=number)
        at = datetime.combine(day, now.timetz())
        sweep(at)
        if Nudge.objects.filter(keeper=keeper, occurrence_on=day).exists():
            for entry in queue.build(keeper, today=day, now=at).entries:
                reasons = [r for r in entry.reasons if r.on == day and r.kind == "birthday"]
                assert not any(reason.late for reason in reasons)
                seen[entry.contact.pk] += len(reasons)

    # A year and a day: whoever has their birthday today has it twice.
    twice = {e.contact_id for e in birthdays.filter(month=now.month, day=now.day)}
    expected = {e.contact_id: 2 if e.contact_id in twice else 1 for e in birthdays}
    assert dict(seen) == expected
