"""Did everything fire? A day at a time."""

from datetime import date, timedelta

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from crm.http import Request
from followups import fired


@require_safe
def show(request: Request, day: str = "") -> HttpResponse:
    """Today, or one of the days before it."""
    on = _day(day, request.today)
    before, after = on - timedelta(days=1), on + timedelta(days=1)
    context = {
        "day": fired.look(request.user, on, today=request.today),
        "before": before if _is_told_of(before, request.today) else None,
        "after": after if after <= request.today else None,
    }
    return render(request, "followups/fired.html", context)


def _day(text: str, today: date) -> date:
    try:
        on = date.fromisoformat(text) if text else today
    except ValueError as problem:
        raise Http404 from problem
    if not _is_told_of(on, today):
        raise Http404
    return on


def _is_told_of(on: date, today: date) -> bool:
    return today - timedelta(days=fired.DAYS) < on <= today
