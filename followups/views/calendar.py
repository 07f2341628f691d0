"""The calendar of occasions: a month as a grid, or the coming weeks as a list."""

from calendar import Calendar
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from crm.http import Request, render_page
from followups import upcoming
from followups.upcoming import Coming

# A cell names so many, and counts the rest.
SHOWN_A_DAY = 4
LISTED_DAYS = 60
FIRST_YEAR, LAST_YEAR = 1900, 2200


@dataclass(frozen=True, slots=True)
class Cell:
    """One day of the grid."""

    day: date
    is_other: bool
    comings: list[Coming]

    @property
    def shown(self) -> list[Coming]:
        return self.comings[:SHOWN_A_DAY]

    @property
    def more(self) -> int:
        return max(0, len(self.comings) - SHOWN_A_DAY)


@require_safe
def show(request: Request) -> HttpResponse:
    """`?month=2026-11` chooses the month, `?show=list` the list."""
    first = _month(request.GET.get("month", ""), request.today)
    if request.GET.get("show") == "list":
        start = first if first != request.today.replace(day=1) else request.today
        last = start + timedelta(days=LISTED_DAYS - 1)
        found = upcoming.coming(request.user, first=start, last=last)
        context = {"days": _by_day(found), "last": last}
    else:
        context = {"weeks": _weeks(request, first)}
    context |= {
        "first": first,
        "before": (first - timedelta(days=1)).replace(day=1),
        "after": (first + timedelta(days=32)).replace(day=1),
        "show": "list" if "days" in context else "month",
    }
    return render_page(request, "followups/calendar.html", "calendar", context)


def _weeks(request: Request, first: date) -> list[list[Cell]]:
    weeks = Calendar().monthdatescalendar(first.year, first.month)
    found = upcoming.coming(request.user, first=weeks[0][0], last=weeks[-1][-1])
    by_day = _by_day(found)
    return [
        [Cell(day, day.month != first.month, by_day.get(day, [])) for day in week] for week in weeks
    ]


def _by_day(found: list[Coming]) -> dict[date, list[Coming]]:
    days: dict[date, list[Coming]] = defaultdict(list)
    for coming in found:
        days[coming.on].append(coming)
    return dict(days)


def _month(text: str, today: date) -> date:
    """The first of the month `2026-11`; this month for anything else."""
    try:
        first = date.fromisoformat(f"{text}-01")
    except ValueError:
        return today.replace(day=1)
    return first if FIRST_YEAR <= first.year <= LAST_YEAR else today.replace(day=1)
