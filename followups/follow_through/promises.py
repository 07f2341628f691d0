"""What is open, what came late, what was moved and what was given up."""

from dataclasses import dataclass

from django.db.models import Count, F, Q, Sum
from django.db.models.functions import Coalesce

from followups.follow_through.scope import DAY, Period, Scope
from followups.follow_through.sums import Banded, ByOwner, Sums, by_owner
from followups.follow_through.word import State, judged
from followups.models import Promise

OLDEST = 5


@dataclass(frozen=True, slots=True)
class Open(Banded):
    """By age: under a week, a month, a quarter, and older; `overdue` of them all."""

    BANDS = {
        "week": "Under a week",
        "month": "Under a month",
        "quarter": "Under 90 days",
        "older": "Older",
    }

    week: int = 0
    month: int = 0
    quarter: int = 0
    older: int = 0
    overdue: int = 0


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
class Late(Banded):
    """By how late: up to a day, a week, a month, and longer; `before` in the period before."""

    BANDS = {
        "day": "A day",
        "week": "Up to a week",
        "month": "Up to a month",
        "longer": "Longer",
    }

    day: int = 0
    week: int = 0
    month: int = 0
    longer: int = 0
    before: int = 0


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
