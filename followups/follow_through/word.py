"""Promises kept on time: the one share that stands everywhere."""

from collections.abc import Collection, Iterable
from dataclasses import astuple, dataclass
from datetime import date

from django.db.models import Case, Count, F, IntegerField, Q, When

from crm.models import User
from followups.follow_through.scope import PERIOD, Period, Scope
from followups.follow_through.sums import ByOwner, Ratio, Sums
from followups.models import Promise
from followups.models.promise import PromiseQuerySet

State = Promise.State
ON_TIME = Q(state=State.KEPT)
_POINTS = 9


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


@dataclass(frozen=True, slots=True)
class Tally:
    """What one owner kept of what came due in a stretch: a step of the period; 0 is all before."""

    owner: int
    stretch: int
    word: Ratio


def tally(scope: Scope, period: Period) -> list[Tally]:
    """What share and trend are made of: each promise is looked at once."""
    stretches = [period.before, *period.steps()]
    lasts = [When(told_due_on__lte=each.last, then=number) for number, each in enumerate(stretches)]
    rows = judged(scope.promises(), scope.today).filter(
        told_due_on__range=(period.before.first, period.last)
    )
    counted = (
        rows.order_by()
        .annotate(stretch=Case(*lasts, output_field=IntegerField()))
        .values("owner", "stretch")
        .annotate(kept=Count("pk", filter=ON_TIME), due=Count("*"))
    )
    rows_of = counted.values_list("owner", "stretch", "kept", "due")
    return [Tally(owner, number, Ratio(kept, due)) for owner, number, kept, due in rows_of]


def word(tallies: Iterable[Tally]) -> ByOwner[Word]:
    found: ByOwner[Word] = {}
    for each in tallies:
        kept, due = astuple(each.word)
        one = Word(kept, due) if each.stretch else Word(kept_before=kept, due_before=due)
        found[each.owner] = found.get(each.owner, Word()) + one
    return found


@dataclass(frozen=True, slots=True)
class Step:
    """One stretch of the trend."""

    period: Period
    word: Ratio

    @property
    def until(self) -> date:
        return self.period.last


def trend(tallies: Collection[Tally], period: Period) -> list[Step]:
    """The same of all owners, by steps of the period."""
    return [
        Step(step, sum((each.word for each in tallies if each.stretch == number), Ratio()))
        for number, step in enumerate(period.steps(), start=1)
    ]


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
    inside = [Ratio(kept, due) for day, kept, due in days if period.first <= day <= period.last]
    return sum(inside, Ratio())


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
