"""How quickly somebody who gets in touch is answered."""

from dataclasses import dataclass

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from contacts.models import Contact, Note
from contacts.models.note import Began
from followups.follow_through.scope import DAY, Period, Scope
from followups.follow_through.sums import ByOwner, Ratio, Sums, by_owner


@dataclass(frozen=True, slots=True)
class Answers(Sums):
    """By how long they waited: a day, three, a week, longer; and those who still do."""

    day: int = 0
    three: int = 0
    week: int = 0
    longer: int = 0
    waiting: int = 0
    day_before: int = 0
    all_before: int = 0

    @property
    def now(self) -> Ratio:
        answered = self.day + self.three + self.week + self.longer
        return Ratio(self.day, answered + self.waiting)

    @property
    def before(self) -> Ratio:
        return Ratio(self.day_before, self.all_before)

    @property
    def bands(self) -> list[tuple[str, int]]:
        names = ("Within a day", "Within three days", "Within a week", "Longer", "Still waiting")
        numbers = (self.day, self.three, self.week, self.longer, self.waiting)
        return list(zip(names, numbers, strict=True))


def answers(scope: Scope, period: Period) -> ByOwner[Answers]:
    now = Q(at__gte=scope.starts(period.first))
    counted = (
        came_in(scope, Period(period.before.first, period.last))
        .order_by()
        .values("author")
        .annotate(
            day=Count("pk", filter=now & _within(1)),
            three=Count("pk", filter=now & _within(3) & ~_within(1)),
            week=Count("pk", filter=now & _within(7) & ~_within(3)),
            longer=Count("pk", filter=now & Q(answered_at__isnull=False) & ~_within(7)),
            waiting=Count("pk", filter=now & Q(answered_at=None)),
            day_before=Count("pk", filter=~now & _within(1)),
            all_before=Count("pk", filter=~now),
        )
    )
    return by_owner(Answers, "author", counted)


def came_in(scope: Scope, period: Period) -> QuerySet[Note]:
    """Notes of somebody who got in touch, and was answered or has waited for more than a day."""
    rows = scope.notes().filter(
        ~Q(began=Began.ME),
        at__gte=scope.starts(period.first),
        at__lt=scope.starts(period.last + DAY),
    )
    kept = Contact.objects.present().filter(notes=OuterRef("pk"), keeper=OuterRef("author"))
    waits = Q(at__lt=scope.starts(scope.today - DAY)) & Exists(kept)
    return rows.filter(Q(answered_at__isnull=False) | waits)


def _within(days: int) -> Q:
    return Q(answered_at__lte=F("at") + days * DAY)
