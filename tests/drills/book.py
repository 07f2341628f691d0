"""Whom and what each seller has in a drill: plain data, drawn from a seed.

The product's database is filled with it (filling.py), and the oracle reads it (oracle.py).
"""

import zoneinfo
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

# A drill happens in the early morning of its sellers, wherever that is when it is run.
EARLY = range(3, 8)
ZONES_EACH = 6
NAMES = ["Ana", "Björn", "Chiara", "Đorđe", "Ewa", "Faruk", "Grace", "Håkon", "Íris", "Jun"]
NOTED_AGO = timedelta(days=12)
# Days from today: promises and birthdays of which something is to be said, and others.
PROMISED = [-30, -3, -1, 0, 20, 45]
BORN = [0, 0, -2, -7, -20, 40, 120]
# Days since somebody of the inner circle was last spoken to.
SPOKEN = [21, 30, 90, 3, 20]


@dataclass(frozen=True, slots=True)
class Person:
    """One contact; `mark` is a word that stands in no other name."""

    mark: str
    name: str
    promised_on: date | None = None
    born_on: date | None = None
    spoken_on: date | None = None


@dataclass(frozen=True, slots=True)
class Seller:
    number: int
    zone: str
    today: date
    people: tuple[Person, ...]

    @property
    def email(self) -> str:
        return f"seller{self.number}@example.com"


@dataclass(frozen=True, slots=True)
class Book:
    """All sellers, and the noted instant at which their zones are in the early morning."""

    at: datetime
    sellers: tuple[Seller, ...]

    @classmethod
    def draw(cls, seed: str, *, at: datetime, sellers: int, each: int = 6) -> "Book":
        rng = Random(seed)
        zones = rng.sample(early_zones(at), ZONES_EACH)
        return cls(at, tuple(_seller(rng, n, rng.choice(zones), at, each) for n in range(sellers)))

    def as_json(self) -> Any:
        return asdict(self)

    def __iter__(self) -> Iterator[Seller]:
        return iter(self.sellers)


def early_zones(at: datetime) -> list[str]:
    """The places of the world where it is early in the morning at the instant `at`."""
    names = sorted(name for name in zoneinfo.available_timezones() if "/" in name)
    places = [name for name in names if not name.startswith(("Etc/", "SystemV/", "posix", "right"))]
    return [name for name in places if at.astimezone(ZoneInfo(name)).hour in EARLY]


def _seller(rng: Random, number: int, zone: str, at: datetime, each: int) -> Seller:
    today = at.astimezone(ZoneInfo(zone)).date()
    people = [_person(rng, f"Q{number:04}{index:02}", today) for index in range(each)]
    return Seller(number, zone, today, tuple(people))


def _person(rng: Random, mark: str, today: date) -> Person:
    name = f"{rng.choice(NAMES)} {mark}"

    def day(choices: list[int]) -> date:
        return today + timedelta(days=rng.choice(choices))

    match rng.choice(["promise", "birthday", "both", "cadence"]):
        case "promise":
            return Person(mark, name, promised_on=day(PROMISED))
        case "birthday":
            return Person(mark, name, born_on=day(BORN))
        case "both":
            return Person(mark, name, promised_on=day(PROMISED), born_on=day(BORN))
    return Person(mark, name, spoken_on=today - timedelta(days=rng.choice(SPOKEN)))
