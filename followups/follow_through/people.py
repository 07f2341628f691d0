"""How people are looked after: their occasions, their cadence, and the loyal ones."""

from dataclasses import dataclass

from django.db.models import (
    Case,
    Count,
    DateTimeField,
    DurationField,
    ExpressionWrapper,
    F,
    IntegerField,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce

from contacts import cadence as cadences
from contacts.models import Contact
from followups.follow_through.scope import DAY, Period, Scope
from followups.follow_through.sums import ByOwner, Ratio, Sums, by_owner
from followups.models import Nudge


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
