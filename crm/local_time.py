"""Days and wall-clock times of people in their own time zones.

Pure functions: the clock is read by whoever calls. Instants are aware datetimes; what is stored
or compared is UTC.
"""

import re
import zoneinfo
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

HOW_TO_WRITE_AT = "Write it like 2026-11-18T09:00, 2026-11-18T09:00-05:00 or 2026-11-18."

_SECOND = timedelta(seconds=1)
# Names that some machines list beside the zones of the world: no place is meant by them.
_NOWHERE = {"Factory", "localtime", "posixrules"}


def day_in(zone: ZoneInfo, now: datetime) -> date:
    """The date in `zone` at the instant `now`; ValueError when `now` is not aware."""
    if now.utcoffset() is None:
        raise ValueError("An instant needs its offset from UTC.")
    return now.astimezone(zone).date()


def instant_of(day: date, wall: time, zone: ZoneInfo) -> datetime:
    """The instant, in UTC, at which clocks in `zone` show `wall` on `day`.

    What they show twice means the first time; what they skip, the first instant after the gap. A
    whole day that a zone left out (Apia's 30 December 2011) thus is the start of the next one.
    """
    local = datetime.combine(day, wall.replace(fold=0), tzinfo=zone)
    instant = local.astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) == local.replace(tzinfo=None):
        return instant
    return _end_of_gap(local, zone)


def parse_at(text: str, zone: ZoneInfo) -> datetime:
    """The instant, in UTC, that an `--at` option names in ISO 8601.

    Without an offset it is a wall-clock time in `zone`; a date alone is the start of that day
    there. Raises ValueError with a sentence for a person.
    """
    text = text.strip()
    if len(text) > 40 or not re.fullmatch(r"[0-9:.,TWZtz +-]+", text):
        raise ValueError(f"This is not a time. {HOW_TO_WRITE_AT}")
    try:
        return _read_at(text.upper(), zone)
    except (ValueError, OverflowError):
        raise ValueError(f"There is no such time as {text}. {HOW_TO_WRITE_AT}") from None


def is_zone(name: str) -> bool:
    return name in zone_names()


@cache
def zone_names() -> frozenset[str]:
    """The names of all time zones of the world that this machine knows."""
    return frozenset(zoneinfo.available_timezones() - _NOWHERE)


def find_zone(words: str) -> str:
    """The zone that `words` name, by itself or by its city, in any case; empty if there is none.

    Where a city has two names, the longer is the one in use (America/Argentina/Buenos_Aires).
    """
    wanted = words.strip().replace(" ", "_").casefold()
    found = [name for name in zone_names() if wanted == name.casefold()]
    found = found or [name for name in cities() if wanted == name.rpartition("/")[2].casefold()]
    return max(found, key=len, default="")


@cache
def cities() -> tuple[str, ...]:
    """The zones named for a place, in order: what people choose from, without older names."""
    return tuple(sorted(name for name in zone_names() if _CITY.match(name)))


_CITY = re.compile(
    "(Africa|America|Antarctica|Asia|Atlantic|Australia|Europe|Indian|Pacific)/|UTC$"
)


def _end_of_gap(local: datetime, zone: ZoneInfo) -> datetime:
    """The instant at which clocks in `zone` jump over `local`.

    Of a time in a gap, PEP 495 puts the reading with fold=1 before the jump and that with fold=0
    at or after it; jumps happen on whole seconds.
    """
    whole = local.replace(microsecond=0)
    before, after = whole.replace(fold=1).astimezone(UTC), whole.astimezone(UTC)
    offset = before.astimezone(zone).utcoffset()
    while after - before > _SECOND:
        middle = before + (after - before) // _SECOND // 2 * _SECOND
        if middle.astimezone(zone).utcoffset() == offset:
            before = middle
        else:
            after = middle
    return after


def _read_at(text: str, zone: ZoneInfo) -> datetime:
    try:
        return instant_of(date.fromisoformat(text), time.min, zone)
    except ValueError:
        moment = datetime.fromisoformat(text)
    if moment.utcoffset() is None:
        return instant_of(moment.date(), moment.time(), zone)
    return moment.astimezone(UTC)
