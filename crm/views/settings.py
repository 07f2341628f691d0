"""What a user decides about themselves: each form by itself, on one page."""

from datetime import date
from typing import Any

from allauth.usersessions.models import UserSession
from django.contrib.auth import logout
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from crm.forms import AwayForm, DaysForm, LookForm, MeForm, UserForm
from crm.http import Request, follow, is_fragment, render_page, toast

PAGE = "settings/settings.html"


@require_safe
def show(request: Request) -> HttpResponse:
    return _page(request, "settings-me")


@require_POST
def me(request: Request) -> HttpResponse:
    return _save(request, MeForm(request.POST, user=request.user), "me")


@require_POST
def days(request: Request) -> HttpResponse:
    return _save(request, DaysForm(request.POST, user=request.user), "days")


@require_POST
def look(request: Request) -> HttpResponse:
    return _save(request, LookForm(request.POST, user=request.user), "look")


@require_POST
def away(request: Request) -> HttpResponse:
    """Add a stretch of days away."""
    form = AwayForm(request.POST, user=request.user, today=request.today)
    if not form.is_valid():
        return _page(request, "settings-away", status=422, away=form)
    form.add()
    toast(request, "Noted. Nobody waits for you then.")
    return _done(request, "away")


@require_POST
def remove_away(request: Request, pk: int) -> HttpResponse:
    stretch = get_object_or_404(request.user.away, pk=pk)
    days = [stretch.starts_on.isoformat(), stretch.ends_on.isoformat()]
    stretch.delete()
    toast(request, "Removed.", undo=reverse("settings_away_return", args=days))
    return _done(request, "away")


@require_POST
def bring_away_back(request: Request, first: str, last: str) -> HttpResponse:
    """Take a removal back; all that made up the stretch stands in the address."""
    try:
        starts_on, ends_on = date.fromisoformat(first), date.fromisoformat(last)
    except ValueError as problem:
        raise Http404 from problem
    if ends_on < starts_on:
        raise Http404
    request.user.away.get_or_create(starts_on=starts_on, ends_on=ends_on)
    toast(request, "Back again.")
    return _done(request, "away")


@require_POST
def log_out_everywhere(request: Request) -> HttpResponse:
    """End every session of the user's, this one last."""
    for session in UserSession.objects.filter(user=request.user):
        session.end()
    logout(request)
    toast(request, "Everywhere you are logged out.")
    return redirect("account_login")


def _save(request: Request, form: UserForm, name: str) -> HttpResponse:
    if not form.is_valid():
        return _page(request, f"settings-{name}", status=422, **{name: form})
    form.save_part()
    request.user = form.instance
    toast(request, "Saved.")
    return _done(request, name)


def _done(request: Request, name: str) -> HttpResponse:
    if is_fragment(request):
        return _page(request, f"settings-{name}")
    return follow(reverse("settings") + f"#{name}")


def _page(
    request: Request, partial: str, *, status: int = 200, **bound: UserForm | AwayForm
) -> HttpResponse:
    """The settings, with the forms in `bound` as they were sent and all others as stored."""
    user = request.user
    context: dict[str, Any] = {
        "me": MeForm(user=user),
        "days": DaysForm(user=user),
        "look": LookForm(user=user),
        "away": AwayForm(user=user, today=request.today),
        "stretches": user.away.filter(ends_on__gte=request.today),
    }
    return render_page(request, PAGE, partial, context | bound, status=status)
