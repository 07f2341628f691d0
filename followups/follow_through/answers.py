"""How quickly somebody who gets in touch is answered."""

from dataclasses import dataclass

from django.db.models import Count, F, Q, QuerySet

from contacts.models import Note
from contacts.models.note import Began
from followups.follow_through.scope import DAY, Period, Scope
from followups.follow_through.sums import Banded, ByOwner, Ratio, by_owner


@dataclass(frozen=True, slots=True)
class Answers(Banded):
    """By how long they waited: a day, three, a week, longer; and those who still do."""

    BANDS = {
        "day": "Within a day",
        "three": "Within three days",
        "week": "Within a week",
        "longer": "Longer",
        "waiting": "Still waiting",
    }

    day: int = 0
    three: int = 0
    week: int = 0
    longer: int = 0
    waiting: int = 0
    day_before: int = 0
    all_before: int = 0

    @property
    def now(self) -> Ratio:
        return Ratio(self.day, self.whole)

    @property
    def before(self) -> Ratio:
        return Ratio(self.day_before, self.all_before)


def answers(scope: Scope, period: Period) -> ByOwner[Answers]:
    both = Period(period.before.first, period.last)
    now = Q(at__gte=scope.starts(period.first))
    answered = (
        came_in(scope, both)
        .filter(answered_at__isnull=False)
        .order_by()
        .values("author")
        .annotate(
            day=Count("at", filter=now & _within(1)),
            three=Count("at", filter=now & _within(3) & ~_within(1)),
            week=Count("at", filter=now & _within(7) & ~_within(3)),
            longer=Count("at", filter=now & ~_within(7)),
            day_before=Count("at", filter=~now & _within(1)),
            all_before=Count("at", filter=~now),
        )
    )
    unanswered = (
        waiting(scope, both)
        .order_by()
        .values("author")
        .annotate(
            waiting=Count("pk", filter=now, distinct=True),
            all_before=Count("pk", filter=~now, distinct=True),
        )
    )
    found = by_owner(Answers, "author", answered)
    for owner, numbers in by_owner(Answers, "author", unanswered).items():
        found[owner] = found.get(owner, Answers()) + numbers
    return found


def came_in(scope: Scope, period: Period) -> QuerySet[Note]:
    """Notes of somebody who got in touch."""
    return scope.notes().filter(
        ~Q(began=Began.ME),
        at__gte=scope.starts(period.first),
        at__lt=scope.starts(period.last + DAY),
    )


def waiting(scope: Scope, period: Period) -> QuerySet[Note]:
    """Those without an answer for more than a day, once for each whom their author still keeps."""
    return came_in(scope, period).filter(
        at__lt=scope.starts(scope.today - DAY),
        answered_at=None,
        contacts__keeper=F("author"),
        contacts__trashed_at=None,
    )


def _within(days: int) -> Q:
    return Q(answered_at__lte=F("at") + days * DAY)
