"""The calendar of occasions: a month as a grid, or as a list that goes on."""

from calendar import Calendar
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from crm.http import Request, is_fragment, render_page
from followups import upcoming
from followups.upcoming import Coming

# A cell names so many, and counts the rest.
SHOWN_A_DAY = 3
# The list shows so many, then whole days until there is no more of the stretch.
LISTED = 100
LISTED_DAYS = 31
FIRST_YEAR, LAST_YEAR = 1900, 2200


@dataclass(frozen=True, slots=True)
class Day:
    """One day of the calendar, with what is on it."""

    on: date
    comings: list[Coming]
    is_other: bool = False
    is_listed: bool = False

    @property
    def shown(self) -> list[Coming]:
        return self.comings if self.is_listed else self.comings[:SHOWN_A_DAY]

    @property
    def more(self) -> int:
        return len(self.comings) - len(self.shown)


@require_safe
def show(request: Request) -> HttpResponse:
    """`?month=2026-11` chooses the month, `?show=list` the list, which goes on `&from=` a day."""
    first = _month(request.GET.get("month", ""), request.today)
    is_list = request.GET.get("show") == "list"
    context = _list(request, first) if is_list else _grid(request, first)
    context |= {
        "show": "list" if is_list else "month",
        "first": first,
        "before": (first - timedelta(days=1)).replace(day=1),
        "after": (first + timedelta(days=32)).replace(day=1),
    }
    if is_list and is_fragment(request) and "from" in request.GET:
        return render_page(request, "followups/calendar.html", "calendar-days", context)
    return render_page(request, "followups/calendar.html", "calendar", context)


def _grid(request: Request, first: date) -> dict[str, Any]:
    """The weeks of a month, and below them, where a cell has no room for words, its days."""
    weeks = Calendar().monthdatescalendar(first.year, first.month)
    found = _by_day(upcoming.coming(request.user, first=weeks[0][0], last=weeks[-1][-1]))
    rows = [
        [Day(on, found.get(on, []), is_other=on.month != first.month) for on in week]
        for week in weeks
    ]
    days = [day for row in rows for day in row if day.comings and not day.is_other]
    return {"weeks": rows, "days": days}


def _list(request: Request, first: date) -> dict[str, Any]:
    """The days from the month's first on, from today on in this month, or from `?from=`."""
    start = first if first != request.today.replace(day=1) else request.today
    start = _day(request.GET.get("from", "")) or start
    last = start + timedelta(days=LISTED_DAYS - 1)
    found = _by_day(upcoming.coming(request.user, first=start, last=last, with_faces=True))
    days: list[Day] = []
    count = 0
    for on, comings in found.items():
        if count >= LISTED:
            return {"days": days, "rest": _link(on)}
        days.append(Day(on, comings, is_listed=True))
        count += len(comings)
    return {"days": days, "rest": _link(last + timedelta(days=1)) if days else ""}


def _link(start: date) -> str:
    return f"?show=list&month={start:%Y-%m}&from={start}"


def _by_day(found: list[Coming]) -> dict[date, list[Coming]]:
    days: dict[date, list[Coming]] = defaultdict(list)
    for coming in found:
        days[coming.on].append(coming)
    return dict(days)


def _month(text: str, today: date) -> date:
    """The first of the month `2026-11`; this month for anything else."""
    return _day(f"{text}-01") or today.replace(day=1)


def _day(text: str) -> date | None:
    """The day `2026-11-18` of a year that the calendar has; None for anything else."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if FIRST_YEAR <= day.year <= LAST_YEAR else None
