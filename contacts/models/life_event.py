"""Something dated in the life of a contact or a relative."""

from dataclasses import dataclass
from datetime import date

from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce, Least

from contacts.models.base import PrivateQuerySet, Trashable, Versioned
from contacts.models.contact import Contact
from contacts.models.relative import Relative
from contacts.partial_dates import PartialDate, occurrence_in
from crm.models import User


@dataclass(frozen=True, slots=True)
class Nature:
    """How a kind of life event behaves.

    `season` is the month and day on which a year-only date falls; `guards` the days for which
    cheerful and selling nudges stand back after it (0: it is no sorrow).
    """

    icon: str
    yearly: bool = False
    season: tuple[int, int] = (1, 1)
    guards: int = 0


class LifeEventKind(models.TextChoices):
    BIRTHDAY = "birthday", "Birthday"
    ANNIVERSARY = "anniversary", "Anniversary"
    WEDDING = "wedding", "Wedding"
    ENGAGEMENT = "engagement", "Engagement"
    BIRTH = "birth", "Birth"
    SCHOOL_START = "school_start", "Starts school"
    COLLEGE_START = "college_start", "Starts college"
    GRADUATION = "graduation", "Graduation"
    EXAM = "exam", "Exam"
    COMPETITION = "competition", "Competition"
    PROMOTION = "promotion", "Promotion"
    NEW_JOB = "new_job", "New job"
    RETIREMENT = "retirement", "Retirement"
    MOVE = "move", "Move"
    NEW_HOME = "new_home", "New home"
    TRIP = "trip", "Trip"
    SURGERY = "surgery", "Surgery"
    ILLNESS = "illness", "Illness"
    RECOVERY = "recovery", "Recovery"
    SEPARATION = "separation", "Separation"
    BEREAVEMENT = "bereavement", "Somebody close died"
    DEATH = "death", "Died"
    OTHER = "other", "Something else"

    @property
    def nature(self) -> Nature:
        return _NATURES.get(self.value, _PLAIN)


_PLAIN = Nature("calendar-days")
_NATURES: dict[str, Nature] = {
    "birthday": Nature("cake", yearly=True),
    "anniversary": Nature("heart", yearly=True),
    "wedding": Nature("gem", season=(6, 1)),
    "engagement": Nature("gem"),
    "birth": Nature("baby"),
    "school_start": Nature("graduation-cap", season=(9, 1)),
    "college_start": Nature("graduation-cap", season=(9, 1)),
    "graduation": Nature("graduation-cap", season=(5, 15)),
    "exam": Nature("file-text", season=(5, 15)),
    "competition": Nature("trophy"),
    "promotion": Nature("briefcase"),
    "new_job": Nature("briefcase"),
    "retirement": Nature("coffee"),
    "move": Nature("house"),
    "new_home": Nature("house"),
    "trip": Nature("plane", season=(7, 1)),
    "surgery": Nature("stethoscope", guards=21),
    "illness": Nature("stethoscope", guards=60),
    "separation": Nature("hand-heart", guards=60),
    "bereavement": Nature("flower-2", guards=90),
    "death": Nature("flower-2"),
}
# After these nothing is said any more of whom they befell.
LOSSES = [LifeEventKind.BEREAVEMENT, LifeEventKind.DEATH]
SORROWS = [kind for kind, nature in _NATURES.items() if nature.guards]


class LifeEventQuerySet(PrivateQuerySet["LifeEvent"]):
    def birthdays(self) -> "LifeEventQuerySet":
        return self.filter(kind=LifeEventKind.BIRTHDAY)

    def wake(self, today: date) -> int:
        """Have the scheduler look at each on `today`, or sooner if it was to do so anyway."""
        return self.update(wake_on=Least(Coalesce(F("wake_on"), Value(today)), Value(today)))


class LifeEvent(Trashable, Versioned):
    """A partial date with what happened on it; occurrences are computed, never stored.

    `relative` says whose it is; none means the contact's own. `noted_on` fixes which year a
    one-off date without one means. `wake_on` is the next date on which the scheduler must look;
    none means never again.
    """

    contact = models.ForeignKey(Contact, models.CASCADE, related_name="life_events")
    author = models.ForeignKey(User, models.CASCADE, related_name="+")
    relative = models.ForeignKey(
        Relative, models.CASCADE, null=True, blank=True, related_name="life_events"
    )
    kind = models.CharField(max_length=13, choices=LifeEventKind)
    title = models.CharField(max_length=200, blank=True)
    year = models.PositiveSmallIntegerField(null=True, blank=True)
    month = models.PositiveSmallIntegerField(null=True, blank=True)
    day = models.PositiveSmallIntegerField(null=True, blank=True)
    yearly = models.BooleanField(default=False)
    march_first = models.BooleanField("29 February falls on 1 March", default=False)
    noted_on = models.DateField()
    happens_on = models.DateField(null=True, blank=True, editable=False)
    wake_on = models.DateField(null=True, blank=True, editable=False)

    objects = LifeEventQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["contact", "author"],
                condition=Q(kind="birthday", relative=None, trashed_at=None),
                name="birthday_once_per_contact",
            ),
            models.UniqueConstraint(
                fields=["relative"],
                condition=Q(kind="birthday", trashed_at=None),
                name="birthday_once_per_relative",
            ),
            models.CheckConstraint(
                condition=Q(year__isnull=False) | Q(month__isnull=False),
                name="life_event_has_a_date",
            ),
            models.CheckConstraint(
                condition=Q(day=None) | Q(month__isnull=False), name="life_event_day_in_month"
            ),
            models.CheckConstraint(
                condition=Q(month=None) | Q(month__range=(1, 12)), name="life_event_month"
            ),
            models.CheckConstraint(
                condition=Q(day=None) | Q(day__range=(1, 31)), name="life_event_day"
            ),
        ]
        indexes = [
            models.Index(
                fields=["author", "wake_on"],
                name="life_event_wakes",
                condition=Q(wake_on__isnull=False),
            ),
            models.Index(fields=["author", "kind", "happens_on"], name="life_event_sorrows"),
            models.Index(fields=["author", "month", "day"], name="life_event_by_month"),
        ]

    def __str__(self) -> str:
        return self.title or self.get_kind_display()

    @property
    def nature(self) -> Nature:
        return LifeEventKind(self.kind).nature

    @property
    def when(self) -> PartialDate:
        return PartialDate(self.year, self.month, self.day)

    @when.setter
    def when(self, value: PartialDate) -> None:
        self.year, self.month, self.day = value.year, value.month, value.day

    def plan(self, today: date) -> None:
        """Compute the date of a one-off, and have the scheduler look from `today` on.

        To be called whenever kind, date or yearly has changed; does not save.
        """
        self.happens_on = (
            None
            if self.year is None
            else occurrence_in(
                self.when, self.year, march_first=self.march_first, season=self.nature.season
            )
        )
        self.wake_on = min(self.wake_on or today, today)
