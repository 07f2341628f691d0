"""When something written down should come due, said as plainly as possible.

This is what the engine is compared with: it imports nothing of it, and repeats the rules of its own
accord. Whoever changes a rule of the engine changes it here as well, by hand.
"""

from dataclasses import dataclass
from datetime import date, timedelta

DAY = timedelta(days=1)
# Where a year is all that is known of it.
SEASONS = {
    "wedding": (6, 1),
    "school_start": (9, 1),
    "college_start": (9, 1),
    "graduation": (5, 15),
    "exam": (5, 15),
    "trip": (7, 1),
}
# So many days after it one asks how it went.
ASKED_AFTER = {
    "birth": [30],
    "new_job": [90],
    "trip": [7],
    "surgery": [3, 14],
    "illness": [14],
    "separation": [21],
    "bereavement": [21, 365],
}
# A card is written six days before; wishes may come a week late.
CARD, BELATED = 6 * DAY, 7 * DAY


@dataclass(frozen=True, slots=True)
class Written:
    """Something dated as the keeper wrote it down on `noted_on`; `card`: it is worth one."""

    kind: str
    year: int | None
    month: int | None
    day: int | None
    yearly: bool
    noted_on: date
    march_first: bool = False
    card: bool = False


@dataclass(frozen=True, slots=True, order=True)
class Due:
    """To be shown from `shows` until, not including, `ends`, for what is on the day `on`."""

    shows: date
    kind: str
    on: date
    ends: date


def day_in(written: Written, year: int) -> date:
    """On which day of `year` it is."""
    month, day = SEASONS.get(written.kind, (1, 1))
    if written.month is not None:
        month, day = written.month, written.day or 1
    try:
        return date(year, month, day)
    except ValueError:  # 29 February in a common year
        return date(year, 3, 1) if written.march_first else date(year, 2, 28)


def days_of(written: Written, until: date) -> list[date]:
    """Every day up to `until` on which it is, or once was."""
    if written.yearly and written.month is None:
        return []
    if written.yearly:
        first = max(written.year or 0, written.noted_on.year - 1)
        days = [day_in(written, year) for year in range(first, until.year + 1)]
    elif written.year is not None:
        days = [day_in(written, written.year)]
    else:
        year = written.noted_on.year
        days = [day_in(written, year), day_in(written, year + 1)]
        days = [day for day in days if day >= written.noted_on][:1]
    return [day for day in days if day <= until]


def due_of(written: Written, until: date) -> list[Due]:
    """Everything that it asks for up to `until`, also before it was written down."""
    found = []
    for day in days_of(written, until + CARD):
        found.append(Due(day, "occasion", day, day + BELATED + DAY))
        if written.card:
            found.append(Due(day - CARD, "prepare", day, day))
        for after in [] if written.yearly else ASKED_AFTER.get(written.kind, []):
            known_to_the_day = written.day is not None
            known_to_the_month = written.month is not None
            if known_to_the_day or (known_to_the_month and after >= 30):
                asked = day + after * DAY
                found.append(Due(asked, "occasion", asked, asked + BELATED))
    return sorted(due for due in found if due.shows <= until)
