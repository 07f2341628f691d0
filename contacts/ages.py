"""Ages and the days of people's lives, in words: pure functions of partial dates and a day.

Nothing is claimed that is not known: an age is said only where the year is, and "about" where the
day of the year is not.
"""

from calendar import monthrange
from datetime import date, timedelta

from contacts.partial_dates import MONTHS, PartialDate, age_on, next_occurrence

_SOON = timedelta(days=30)
_WEEKS_AHEAD = timedelta(days=70)


def say_birthday(when: PartialDate, today: date, *, march_first: bool = False) -> str:
    """What a birthday means on `today`: "52 today", "51, turns 52 in 12 days", "about 22".

    Empty where neither an age is known nor the day is near.
    """
    if when.day is None:
        return _say_vague_age(when, today)
    coming = next_occurrence(when, today, yearly=True, march_first=march_first)
    if coming is None:
        return ""
    if when.year is None:
        return say_near(coming, today) if coming - today <= _SOON else ""
    turns = coming.year - when.year
    if coming == today:
        return f"{turns} today" if turns else "born today"
    return f"{_years(when, today, march_first)}, turns {turns} {_on(coming, today)}"


def say_leap_day(when: PartialDate, today: date, *, march_first: bool = False) -> str:
    """On which day a 29 February is kept next, if not on itself: "kept on 28 February in 2027"."""
    if (when.month, when.day) != (2, 29):
        return ""
    coming = next_occurrence(when, today, yearly=True, march_first=march_first)
    if coming is None or coming.day == 29:
        return ""
    return f"kept on {say_day(coming)} in {coming.year}"


def say_near(day: date, today: date) -> str:
    """How soon `day` is: "today", "tomorrow", "in 12 days", "in 5 weeks"; empty if far or past."""
    days = (day - today).days
    if days < 0 or day - today > _WEEKS_AHEAD:
        return ""
    if days < 2:
        return ("today", "tomorrow")[days]
    return f"in {days} days" if days <= 30 else f"in {round(days / 7)} weeks"


def say_day(day: date) -> str:
    """Day and month: "18 November"."""
    return f"{day.day} {MONTHS[day.month - 1]}"


def say_span(first: int | None, last: int | None) -> str:
    """Years from and to: "2012 to 2019", "since 2012", "until 2019"; empty if neither is known."""
    if first and last:
        return f"{first} to {last}" if first != last else str(first)
    if first:
        return f"from {first}"
    return f"until {last}" if last else ""


def last_day_of(when: PartialDate, falls_on: date) -> date:
    """The last day that `when` may mean, falling as it does on `falls_on`: end of month or year."""
    if when.day is not None:
        return falls_on
    if when.month is not None:
        return falls_on.replace(day=monthrange(falls_on.year, falls_on.month)[1])
    return date(falls_on.year, 12, 31)


def _say_vague_age(when: PartialDate, today: date) -> str:
    """The age of somebody born in a known year, or month of a year."""
    if when.year is None or when.year > today.year:
        return ""
    years = today.year - when.year
    if when.month is None or when.month == today.month:
        return f"about {years}" if years else "born this year"
    return str(years - (today.month < when.month))


def _years(when: PartialDate, today: date, march_first: bool) -> str:
    age = age_on(when, today, march_first=march_first)
    return str(age) if age else "under 1"


def _on(coming: date, today: date) -> str:
    return say_near(coming, today) if coming - today <= _SOON else f"on {say_day(coming)}"
