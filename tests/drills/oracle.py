"""Who is due what when, by a plain reading of the book: imports nothing of the product."""

import re
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from tests.drills.book import Person, Seller

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
BELATED_DAYS = 7
INNER_CIRCLE_DAYS = 21
MARK = re.compile(r"Q\d{6}")


def due(seller: Seller, today: date) -> set[str]:
    """The marks of all people of whom the seller is to be told on their date `today`."""
    return {person.mark for person in seller.people if is_due(person, today)}


def is_due(person: Person, today: date) -> bool:
    promised = person.promised_on is not None and person.promised_on <= today
    spoken = person.spoken_on is not None and (today - person.spoken_on).days >= INNER_CIRCLE_DAYS
    return promised or spoken or has_birthday(person, today)


def has_birthday(person: Person, today: date) -> bool:
    """Today, or within the last week: then wishes are belated."""
    if person.born_on is None:
        return False
    days = [today - number * DAY for number in range(BELATED_DAYS + 1)]
    return any(falls_on(person.born_on, day) for day in days)


def falls_on(born: date, day: date) -> bool:
    """On 28 February in common years for those born on the 29th."""
    leap_day, is_common = (2, 29), (day + DAY).month == 3 and day.day == 28
    if (born.month, born.day) == leap_day:
        return (day.month, day.day) == leap_day or is_common
    return (born.month, born.day) == (day.month, day.day)


def marks_in(text: str) -> set[str]:
    return set(MARK.findall(text))


def instant(day: date, wall: time, zone: str) -> datetime:
    """The minute at which a clock in `zone` first shows `wall`, or has jumped over it, on `day`.

    Watched minute by minute, from well before that date to well after.
    """
    begin = datetime.combine(day, time(), tzinfo=ZoneInfo("UTC")) - DAY
    wanted, place = datetime.combine(day, wall), ZoneInfo(zone)
    minute = begin
    while minute.astimezone(place).replace(tzinfo=None) < wanted:
        minute += MINUTE
    return minute
