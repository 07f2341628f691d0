"""A keeper's book, as the rehearsal itself remembers it."""

from dataclasses import dataclass, field
from datetime import date, datetime, time
from random import Random
from zoneinfo import ZoneInfo

from contacts.models import Contact, LifeEvent, Relative
from crm.models import User
from followups.models import Promise
from followups.rehearsal.journal import Key


@dataclass(slots=True)
class Person:
    """A contact, with their life events by source."""

    contact: Contact
    cadence: int | None
    events: dict[str, LifeEvent] = field(default_factory=dict)
    relatives: list[Relative] = field(default_factory=list)
    is_dead: bool = False
    has_sorrow: bool = False


@dataclass(slots=True)
class Keeper:
    """A user with their book; `reached` is the latest date that it ever was for them.

    `waiting` are the nudges that nobody has answered, `asleep` those that come back on a day.
    """

    pk: int
    zone: str
    digest_at: time
    rests_on: set[int]
    takes_mail: bool
    reached: date = date.min
    lived_on: date = date.min
    moved_at: datetime | None = None
    away: list[tuple[date, date]] = field(default_factory=list)
    people: dict[int, Person] = field(default_factory=dict)
    promises: list[Promise] = field(default_factory=list)
    waiting: dict[int, Key] = field(default_factory=dict)
    asleep: dict[int, date] = field(default_factory=dict)
    mistakes: list[tuple[date, Person, LifeEvent]] = field(default_factory=list)

    def today(self, now: datetime) -> date:
        return now.astimezone(ZoneInfo(self.zone)).date()

    def rests(self, day: date) -> bool:
        is_away = any(first <= day <= last for first, last in self.away)
        return is_away or day.isoweekday() in self.rests_on

    def somebody(self, rng: Random) -> Person:
        return rng.choice([one for one in self.people.values() if not one.is_dead])

    def user(self) -> User:
        return User.objects.select_related("member__team").get(pk=self.pk)
