"""Issues: how many, and how long until they were put right."""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count, F, Q
from django.db.models.functions import Coalesce

from followups.follow_through.scope import DAY, Period, Scope
from followups.follow_through.sums import Banded, ByOwner, by_owner
from followups.models import Issue

WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Issues(Banded):
    """Open ones, of them those `older` than a week; settled ones by how long it took."""

    BANDS = {"day": "Within a day", "week": "Within a week", "longer": "Longer"}

    open_now: int = 0
    older: int = 0
    day: int = 0
    week: int = 0
    longer: int = 0
    settled_before: int = 0
    answered_in_a_day: int = 0

    @property
    def settled(self) -> int:
        return self.whole


def issues(scope: Scope, period: Period) -> ByOwner[Issues]:
    """By who is on them; reads what is open, and what was settled in two periods."""
    start, end = scope.starts(period.first), scope.starts(period.last + DAY)
    before = scope.starts(period.before.first)
    now = Q(settled_at__gte=start, settled_at__lt=end)
    is_open, quick = Q(settled_at=None), Q(settled_at__lte=F("opened_at") + DAY)
    soon = Q(settled_at__lte=F("opened_at") + WEEK)
    rows = Issue.objects.visible_to(scope.viewer).present()
    rows = rows.filter(is_open | Q(settled_at__gte=before, settled_at__lt=end))
    owned = rows.annotate(whose=Coalesce("assignee", "opened_by"))
    if scope.owner is not None:
        owned = owned.filter(whose=scope.owner)
    counted = (
        owned.order_by()
        .values("whose")
        .annotate(
            open_now=Count("pk", filter=is_open),
            older=Count("pk", filter=is_open & Q(opened_at__lt=scope.starts(scope.today) - WEEK)),
            day=Count("pk", filter=now & quick),
            week=Count("pk", filter=now & soon & ~quick),
            longer=Count("pk", filter=now & ~soon),
            settled_before=Count("pk", filter=Q(settled_at__gte=before, settled_at__lt=start)),
            answered_in_a_day=Count(
                "pk", filter=now & Q(first_answered_at__lte=F("opened_at") + DAY)
            ),
        )
    )
    return by_owner(Issues, "whose", counted)
