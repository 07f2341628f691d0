"""When a user's day turns and which date their digest is for, by the rules of engine.md 1 to 5.

Pure functions; `now` is an aware instant, what they return of instants is UTC.
"""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from crm.local_time import day_in, instant_of

DAY = timedelta(days=1)
# From a date just served in Kiritimati, a move to Pago Pago: the next date is two days away.
FURTHEST_AHEAD = 2 * DAY


def next_midnight(zone: ZoneInfo, now: datetime) -> datetime:
    """The instant at which tomorrow begins in `zone`."""
    return instant_of(day_in(zone, now) + DAY, time.min, zone)


def first_day_to_reach(wall: time, zone: ZoneInfo, now: datetime) -> date:
    """The first date on which clocks in `zone` have yet to show `wall`: today or tomorrow."""
    today = day_in(zone, now)
    return today if now < instant_of(today, wall, zone) else today + DAY


def day_that_is(day: date, zone: ZoneInfo) -> date:
    """`day`, or the first date after it where `zone` left it out (Apia's 30 December 2011)."""
    while day_in(zone, instant_of(day, time.min, zone)) != day:
        day += DAY
    return day
