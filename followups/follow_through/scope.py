"""Over which days a figure is asked for, and of whom."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from math import ceil
from typing import Any, Self

from django.db.models import Exists, OuterRef, QuerySet

from contacts.models import Contact, LifeEvent, LifeEventKind, Note
from contacts.models.note import NoteQuerySet
from crm.local_time import instant_of
from crm.models import Member, User
from crm.policy import Thing, visible
from followups.models import Nudge, Promise
from followups.models.promise import PromiseQuerySet

DAY = timedelta(days=1)
PERIOD = timedelta(days=90)
# The trend has at most so many steps, none shorter than a few days.
STEPS, SHORTEST_STEP = 12, 5


@dataclass(frozen=True, slots=True)
class Period:
    """A stretch of days, both ends included."""

    first: date
    last: date

    @classmethod
    def until(cls, last: date, days: timedelta = PERIOD) -> Self:
        return cls(last - days + DAY, last)

    def __str__(self) -> str:
        return f"{self.first:%-d %b %Y} to {self.last:%-d %b %Y}"

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def before(self) -> "Period":
        """As many days, right before it."""
        return Period(self.first - self.days * DAY, self.first - DAY)

    @property
    def range(self) -> tuple[date, date]:
        return self.first, self.last

    def steps(self) -> list["Period"]:
        """The period in a few equal stretches, the last of which ends it."""
        length = max(ceil(self.days / STEPS), SHORTEST_STEP)
        number = ceil(self.days / length)
        lasts = [self.last - length * DAY * at for at in range(number - 1, -1, -1)]
        return [Period(max(last - (length - 1) * DAY, self.first), last) for last in lasts]


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose figures `viewer` looks at: those of all whose they may, or of `owner` alone."""

    viewer: User
    today: date
    owner: int | None = None

    def promises(self) -> PromiseQuerySet:
        """What members promised; not what was promised to them."""
        return self._of(Promise.objects.counted_for(self.viewer).mine(), "owner")

    def nudges(self) -> QuerySet[Nudge]:
        seen = visible(self.viewer, Thing.COUNTS, whose="keeper", team="keeper__member__team")
        return self._of(Nudge.objects.filter(seen), "keeper")

    def contacts(self) -> QuerySet[Contact]:
        """Those who live: the dead have no cadence."""
        seen = visible(self.viewer, Thing.COUNTS, whose="keeper", team="team")
        deaths = LifeEvent.objects.present().filter(
            contact=OuterRef("pk"), relative=None, kind=LifeEventKind.DEATH
        )
        rows = Contact.objects.present().filter(seen, ~Exists(deaths))
        return self._of(rows, "keeper")

    def notes(self) -> NoteQuerySet:
        seen = visible(self.viewer, Thing.COUNTS, whose="author", team="team")
        return self._of(Note.objects.present().filter(seen), "author")

    def members(self) -> QuerySet[Member]:
        """In the order of the alphabet: nobody is ranked."""
        seen = visible(self.viewer, Thing.COUNTS, whose="user", team="team")
        rows = Member.objects.filter(seen).select_related("user").order_by("user__name", "pk")
        return self._of(rows, "user")

    def starts(self, day: date) -> datetime:
        """The instant at which `day` begins for the viewer."""
        return instant_of(day, time.min, self.viewer.zone)

    def _of[Q: QuerySet[Any]](self, rows: Q, whose: str) -> Q:
        return rows if self.owner is None else rows.filter(**{whose: self.owner})
