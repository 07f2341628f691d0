"""How well promises and people are looked after: each figure has one definition and one query.

`FIGURES` says in words what each means; the function of the same name is the query. Whoever shows a
figure (Today, the page, its CSV, the weekly mail) takes it from here. All are computed by the
database, grouped by owner, over what the viewer may see counted; nothing reads what was due before
the stretch of days that is asked for.
"""

from collections.abc import Callable, Iterable
from dataclasses import astuple, dataclass
from datetime import date, datetime, time, timedelta
from math import ceil
from typing import Any, Self

from django.db.models import (
    Case,
    Count,
    DateTimeField,
    DurationField,
    Exists,
    ExpressionWrapper,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce

from contacts import cadence as cadences
from contacts.models import Contact, LifeEvent, LifeEventKind
from crm.local_time import instant_of
from crm.models import Member, User
from crm.policy import Thing, visible
from crm.templatetags.ui import percent
from followups.models import Nudge, Promise
from followups.models.promise import PromiseQuerySet

DAY = timedelta(days=1)
PERIOD = timedelta(days=90)
# Of fewer, a percentage says more than is known.
FEW = 5
OLDEST = 5
# The trend has at most so many steps, none shorter than a few days.
STEPS, SHORTEST_STEP = 12, 5
_POINTS = 9

State = Promise.State


# --- What they mean --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure in words: what it means, what would help, and how exactly it is counted."""

    slug: str
    title: str
    means: str
    helps: str
    defined: str


FIGURES = {
    figure.slug: figure
    for figure in [
        Figure(
            "word",
            "Kept on time",
            "How many of the promises that came due were kept by the day they had been told.",
            "When a date will not hold, tell them before it comes, and move it together.",
            "Of the promises with a date that were due in the period, those kept by the day the "
            "other side had been told. Moved without telling them, or told only after the day had "
            "passed, a promise goes by the date they knew. Open and overdue counts as not kept; so "
            "does one released after its day. One released in time is left out, and so is one that "
            "was kept on the very day it was written down: a night is what makes it one to "
            "remember. One that ended unkept and was made again in the same words within 90 days "
            "counts once, as not kept. Done in the queue keeps no promise.",
        ),
        Figure(
            "open",
            "Open promises",
            "What is still owed, by how long ago it was promised.",
            "Start with the oldest: keep it, tell them of another date, or let it go with a word.",
            "Everything promised and not ended yet, today, whatever the period; overdue is what "
            "the other side expected before today. People in the trash are left out.",
        ),
        Figure(
            "late",
            "How late",
            "Of the promises that were kept after all, how long they waited.",
            "A day late with a call beforehand is forgotten; a week of silence is not.",
            "Promises that count under “Kept on time”, were due in the period and were kept later, "
            "by the days between the date they knew and the day it was done.",
        ),
        Figure(
            "moved",
            "Moved in time, or broken",
            "How often a new date was agreed before the old one passed, against promises given up.",
            "A word in time costs little. Ask what stood in the way of the broken ones.",
            "Moved: how often, of the promises due in the period, the date had been moved and they "
            "were told before the day they reckoned with had passed. Broken: promises ended in the "
            "period as not kept. Released: those ended because they were no longer wanted.",
        ),
        Figure(
            "occasions",
            "Occasions",
            "Birthdays, graduations and the like that were answered, and those that went by.",
            "A late word is welcome, too. Fewer people a day may leave more room for these.",
            "Occasions that fell in the period and came up on somebody’s Today: marked if they "
            "said “done”, missed if nobody answered until it was over. Left out on purpose, or "
            "still waiting, counts as neither.",
        ),
        Figure(
            "cadence",
            "Within their cadence",
            "How many people were spoken to as recently as was meant for them.",
            "If a whole circle lags, its cadence may be wishful: make it longer, or smaller.",
            "People on a cadence, today: within it if the last touch (a note of a call, a meeting, "
            "a mail and so on) is no longer ago than their cadence; somebody never spoken to, "
            "until the day Kept first asks. “Done” without a touch does not count. The dead are "
            "left out.",
        ),
        Figure(
            "loyal",
            "Loyal and unheard of",
            "Customers of two years and more with whom nobody has spoken for half a year.",
            "They never complain, and so nobody calls. One call each, with no reason at all.",
            "Customers for at least two years, today, whose last touch by their keeper is more "
            "than 180 days ago, or who have been in the book for as long without one. The dead "
            "are left out.",
        ),
    ]
}


# --- Over which days, and of whom ------------------------------------------------------------


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


@dataclass(frozen=True, slots=True)
class Ratio:
    """Some out of all."""

    part: int
    whole: int

    @property
    def share(self) -> float | None:
        """From 0 to 1; None of nothing."""
        return self.part / self.whole if self.whole else None

    @property
    def is_few(self) -> bool:
        return self.whole < FEW

    @property
    def said(self) -> str:
        """ "94%", of few "2 of 3", of none a dash."""
        if not self.whole:
            return "–"
        return f"{self.part} of {self.whole}" if self.is_few else percent(self.share)

    @property
    def rest(self) -> int:
        return self.whole - self.part


class Sums:
    """Numbers that add up, person by person."""

    def __add__(self, other: Self) -> Self:
        pairs = zip(astuple(self), astuple(other), strict=True)  # type: ignore[call-overload]
        return type(self)(*(one + another for one, another in pairs))


type ByOwner[S: Sums] = dict[int, S]


def by_owner[S: Sums](kind: Callable[..., S], whose: str, rows: QuerySet[Any]) -> ByOwner[S]:
    """Rows of `whose` and aggregates as sums by their owner."""
    return {row.pop(whose): kind(**row) for row in rows}


# --- Kept on time ----------------------------------------------------------------------------

ON_TIME = Q(state=State.KEPT)


def judged(promises: PromiseQuerySet, today: date) -> PromiseQuerySet:
    """Those of which it is known on `today` whether they were kept on time, and which count.

    The one definition of it: see `FIGURES["word"]`.
    """
    slept_on = Q(ended_on__gt=F("written_on"))
    return promises.filter(
        Q(state=State.BROKEN)
        | Q(state=State.OPEN, told_due_on__lt=today)
        | Q(state__in=[State.KEPT, State.KEPT_LATE]) & slept_on
        | Q(state=State.RELEASED) & slept_on & (Q(ended_on__gt=F("told_due_on")) | Q(renewed=True)),
        told_due_on__isnull=False,
        renews=None,
    )


@dataclass(frozen=True, slots=True)
class Word(Sums):
    kept: int = 0
    due: int = 0
    kept_before: int = 0
    due_before: int = 0

    @property
    def now(self) -> Ratio:
        return Ratio(self.kept, self.due)

    @property
    def before(self) -> Ratio:
        return Ratio(self.kept_before, self.due_before)


def word(scope: Scope, period: Period) -> ByOwner[Word]:
    now, before = (Q(told_due_on__range=each.range) for each in (period, period.before))
    both = (period.before.first, period.last)
    rows = judged(scope.promises(), scope.today).filter(told_due_on__range=both)
    counted = (
        rows.order_by()
        .values("owner")
        .annotate(
            kept=Count("pk", filter=now & ON_TIME),
            due=Count("pk", filter=now),
            kept_before=Count("pk", filter=before & ON_TIME),
            due_before=Count("pk", filter=before),
        )
    )
    return by_owner(Word, "owner", counted)


@dataclass(frozen=True, slots=True)
class Step:
    """One stretch of the trend."""

    period: Period
    word: Ratio

    @property
    def until(self) -> date:
        return self.period.last


def trend(scope: Scope, period: Period) -> list[Step]:
    """The same by stretches of the period."""
    days = _by_day(scope, period)
    return [Step(step, _within(days, step)) for step in period.steps()]


type Day = tuple[date, int, int]
_DAY = ("told_due_on", "kept", "due")


def _by_day(scope: Scope, period: Period) -> list[Day]:
    rows = judged(scope.promises(), scope.today).filter(told_due_on__range=period.range)
    counted = (
        rows.order_by()
        .values("told_due_on")
        .annotate(kept=Count("pk", filter=ON_TIME), due=Count("*"))
    )
    return [(day, kept, due) for day, kept, due in counted.values_list(*_DAY) if day]


def _within(days: Iterable[Day], period: Period) -> Ratio:
    inside = [(kept, due) for day, kept, due in days if period.first <= day <= period.last]
    return Ratio(sum(kept for kept, _ in inside), sum(due for _, due in inside))


@dataclass(frozen=True, slots=True)
class OwnWord:
    """One's own share now, in the 90 days before, and as a line over the last 90 days."""

    now: Ratio
    before: Ratio
    points: list[float]


def own_word(user: User, today: date) -> OwnWord:
    """How `user` has kept their own promises lately: what Today says. One query."""
    period = Period.until(today)
    days = _by_day(Scope(user, today, user.pk), Period(period.before.first, today))
    step = PERIOD / (_POINTS - 1)
    ends = [today - PERIOD + step * number for number in range(_POINTS)]
    shares = [_within(days, Period.until(end)).share for end in ends]
    return OwnWord(
        now=_within(days, period),
        before=_within(days, period.before),
        points=[share for share in shares if share is not None],
    )


# --- Open, late, moved -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Open(Sums):
    """By age: under a week, a month, a quarter, and older; `overdue` of them all."""

    week: int = 0
    month: int = 0
    quarter: int = 0
    older: int = 0
    overdue: int = 0

    @property
    def whole(self) -> int:
        return self.week + self.month + self.quarter + self.older

    @property
    def bands(self) -> list[tuple[str, int]]:
        return list(
            zip(
                ("Under a week", "Under a month", "Under 90 days", "Older"),
                (self.week, self.month, self.quarter, self.older),
                strict=True,
            )
        )


def open_(scope: Scope) -> ByOwner[Open]:
    week, month, quarter = (scope.today - days * DAY for days in (7, 30, 90))
    counted = (
        scope.promises()
        .open()
        .order_by()
        .values("owner")
        .annotate(
            week=Count("pk", filter=Q(made_on__gt=week)),
            month=Count("pk", filter=Q(made_on__gt=month, made_on__lte=week)),
            quarter=Count("pk", filter=Q(made_on__gt=quarter, made_on__lte=month)),
            older=Count("pk", filter=Q(made_on__lte=quarter)),
            overdue=Count("pk", filter=Q(told_due_on__lt=scope.today)),
        )
    )
    return by_owner(Open, "owner", counted)


def oldest(scope: Scope) -> list[Promise]:
    """The open promises that have waited longest, with whom to ask."""
    rows = scope.promises().open().select_related("contact__company", "owner")
    return list(rows.order_by("made_on", "pk")[:OLDEST])


@dataclass(frozen=True, slots=True)
class Late(Sums):
    """By how late: up to a day, a week, a month, and longer; `before` in the period before."""

    day: int = 0
    week: int = 0
    month: int = 0
    longer: int = 0
    before: int = 0

    @property
    def whole(self) -> int:
        return self.day + self.week + self.month + self.longer

    @property
    def bands(self) -> list[tuple[str, int]]:
        return list(
            zip(
                ("A day", "Up to a week", "Up to a month", "Longer"),
                (self.day, self.week, self.month, self.longer),
                strict=True,
            )
        )


def late(scope: Scope, period: Period) -> ByOwner[Late]:
    now, before = (Q(told_due_on__range=each.range) for each in (period, period.before))
    rows = judged(scope.promises(), scope.today).filter(
        state=State.KEPT_LATE, told_due_on__range=(period.before.first, period.last)
    )

    def by(days: int) -> Q:
        return Q(ended_on__lte=F("told_due_on") + days * DAY)

    counted = (
        rows.order_by()
        .values("owner")
        .annotate(
            day=Count("pk", filter=now & by(1)),
            week=Count("pk", filter=now & by(7) & ~by(1)),
            month=Count("pk", filter=now & by(30) & ~by(7)),
            longer=Count("pk", filter=now & ~by(30)),
            before=Count("pk", filter=before),
        )
    )
    return by_owner(Late, "owner", counted)


@dataclass(frozen=True, slots=True)
class Moved(Sums):
    moved: int = 0
    moved_before: int = 0


def moved(scope: Scope, period: Period) -> ByOwner[Moved]:
    now, before = (Q(told_due_on__range=each.range) for each in (period, period.before))
    both = (period.before.first, period.last)
    rows = scope.promises().filter(told_due_on__range=both, moves__gt=0)
    counted = (
        rows.order_by()
        .values("owner")
        .annotate(
            moved=Coalesce(Sum("moves", filter=now), 0),
            moved_before=Coalesce(Sum("moves", filter=before), 0),
        )
    )
    return by_owner(Moved, "owner", counted)


@dataclass(frozen=True, slots=True)
class Broken(Sums):
    broken: int = 0
    released: int = 0
    broken_before: int = 0
    released_before: int = 0


def broken(scope: Scope, period: Period) -> ByOwner[Broken]:
    now, before = (Q(ended_on__range=each.range) for each in (period, period.before))
    rows = scope.promises().filter(
        state__in=Promise.UNKEPT, ended_on__range=(period.before.first, period.last)
    )
    is_broken, is_released = Q(state=State.BROKEN), Q(state=State.RELEASED)
    counted = (
        rows.order_by()
        .values("owner")
        .annotate(
            broken=Count("pk", filter=now & is_broken),
            released=Count("pk", filter=now & is_released),
            broken_before=Count("pk", filter=before & is_broken),
            released_before=Count("pk", filter=before & is_released),
        )
    )
    return by_owner(Broken, "owner", counted)


# --- Occasions and people --------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Occasions(Sums):
    marked: int = 0
    missed: int = 0
    marked_before: int = 0
    missed_before: int = 0

    @property
    def now(self) -> Ratio:
        return Ratio(self.marked, self.marked + self.missed)

    @property
    def before(self) -> Ratio:
        return Ratio(self.marked_before, self.marked_before + self.missed_before)


def occasions(scope: Scope, period: Period) -> ByOwner[Occasions]:
    now, before = (Q(occurrence_on__range=each.range) for each in (period, period.before))
    rows = scope.nudges().filter(
        kind=Nudge.Kind.OCCASION, occurrence_on__range=(period.before.first, period.last)
    )
    marked, missed = Q(state=Nudge.State.DONE), Q(state=Nudge.State.EXPIRED)
    counted = (
        rows.order_by()
        .values("keeper")
        .annotate(
            marked=Count("state", filter=now & marked),
            missed=Count("state", filter=now & missed),
            marked_before=Count("state", filter=before & marked),
            missed_before=Count("state", filter=before & missed),
        )
    )
    return by_owner(Occasions, "keeper", counted)


@dataclass(frozen=True, slots=True)
class Cadence(Sums):
    """People on a cadence, and those within it, by circle; `other` have one of their own."""

    inner: int = 0
    inner_within: int = 0
    close: int = 0
    close_within: int = 0
    wide: int = 0
    wide_within: int = 0
    other: int = 0
    other_within: int = 0

    @property
    def circles(self) -> list[tuple[str, Ratio]]:
        all_ = [
            ("Inner circle", Ratio(self.inner_within, self.inner)),
            ("Close circle", Ratio(self.close_within, self.close)),
            ("Wide circle", Ratio(self.wide_within, self.wide)),
            ("In no circle", Ratio(self.other_within, self.other)),
        ]
        return [(name, ratio) for name, ratio in all_ if ratio.whole]

    @property
    def now(self) -> Ratio:
        within = self.inner_within + self.close_within + self.wide_within + self.other_within
        return Ratio(within, self.inner + self.close + self.wide + self.other)


def cadence(scope: Scope) -> ByOwner[Cadence]:
    counted = (
        on_cadence(scope)
        .order_by()
        .values("keeper", "circle")
        .annotate(all=Count("*"), within=Count("pk", filter=is_within(scope)))
    )
    found: ByOwner[Cadence] = {}
    for row in counted:
        name = row["circle"] or "other"
        of_circle = Cadence(**{name: row["all"], f"{name}_within": row["within"]})
        found[row["keeper"]] = found.get(row["keeper"], Cadence()) + of_circle
    return found


def on_cadence(scope: Scope) -> QuerySet[Contact]:
    """People on a cadence, each with `until`: when what their last touch bought is over."""
    circle = Case(*(When(circle=name, then=Value(n)) for name, n in cadences.CIRCLE_DAYS.items()))
    own = Cast("cadence_days", IntegerField())
    days = Coalesce(own, circle, output_field=IntegerField())
    length = ExpressionWrapper(days * Value(DAY), output_field=DurationField())
    until = ExpressionWrapper(F("last_touch_at") + length, output_field=DateTimeField())
    rows = scope.contacts().filter(Q(cadence_days__isnull=False) | ~Q(circle=""))
    return rows.annotate(until=until)


def is_within(scope: Scope) -> Q:
    """A condition on those: spoken to as lately as is meant for them, or not yet to be asked."""
    lately = Q(until__gte=scope.starts(scope.today))
    return lately | Q(last_touch_at=None, first_due_on__gte=scope.today)


@dataclass(frozen=True, slots=True)
class Loyal(Sums):
    unheard: int = 0
    customers: int = 0


def loyal(scope: Scope) -> ByOwner[Loyal]:
    counted = (
        loyal_customers(scope)
        .order_by()
        .values("keeper")
        .annotate(unheard=Count("pk", filter=is_unheard(scope)), customers=Count("*"))
    )
    return by_owner(Loyal, "keeper", counted)


def loyal_customers(scope: Scope) -> QuerySet[Contact]:
    since = scope.today.year - cadences.LOYAL_AFTER_YEARS
    return scope.contacts().filter(customer_since__lte=since)


def is_unheard(scope: Scope) -> Q:
    long_ago = scope.starts(scope.today - cadences.LOYAL_QUIET)
    return Q(last_touch_at__lt=long_ago) | Q(last_touch_at=None, created_at__lt=long_ago)
