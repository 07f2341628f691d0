"""When somebody on a cadence is to be heard from: pure functions of dates and days."""

from datetime import date, timedelta

# Days between touches that a circle means where the contact has no cadence of their own.
CIRCLE_DAYS = {"inner": 21, "close": 45, "wide": 120}

LOYAL_AFTER_YEARS = 2
LOYAL_QUIET = timedelta(days=180)


def cadence_of(circle: str, own_days: int | None) -> int | None:
    """Days between touches; None for somebody on no cadence."""
    return own_days or CIRCLE_DAYS.get(circle)


def say_cadence(days: int) -> str:
    """Every so many days, as people say it: "every 3 weeks", "every 45 days", "every year"."""
    if days in _SAID:
        return _SAID[days]
    if days % 30 == 0:
        return f"every {days // 30} months"
    return f"every {days // 7} weeks" if days % 7 == 0 else f"every {days} days"


_SAID = {1: "every day", 7: "every week", 30: "every month", 365: "every year"}


def due_on(*, days: int | None, restarted_on: date | None, first_on: date) -> date | None:
    """The day from which a touch is due.

    `restarted_on` is the last day on which the cadence began anew (a touch, or a "done" without
    one); somebody never touched is due from `first_on`.
    """
    if days is None:
        return None
    return first_on if restarted_on is None else restarted_on + timedelta(days=days)


def latest_on(*, due: date, days: int, ever_touched: bool) -> date:
    """The day by which they must have shown in the queue: one and a half times the cadence.

    Never touched counts as most overdue: no slack at all.
    """
    return due + timedelta(days=days // 2) if ever_touched else due


def loyal_due_on(*, customer_since: int | None, quiet_since: date) -> date | None:
    """When a loyal customer on no cadence has been left alone for too long; None for no customer.

    `customer_since` is a year, `quiet_since` the last touch or the day they came into the book.
    """
    if customer_since is None:
        return None
    return max(quiet_since + LOYAL_QUIET, date(customer_since + LOYAL_AFTER_YEARS, 1, 1))
