"""Promises: all of them, one of them, and every way in which one can go."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import models
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from contacts.picking import chosen_people
from crm.http import Request, draft_saved, follow, render_page, toast
from followups import insight
from followups.forms import EndingForm, MovingForm, PromiseForm
from followups.models import Promise
from followups.models.promise import PromiseEnded

PAGE = 50


@dataclass(frozen=True, slots=True)
class Group:
    """Promises under one heading."""

    title: str
    promises: list[Promise]


@require_safe
def index(request: Request) -> HttpResponse:
    """What I owe, what is owed to me, or what has ended."""
    show = request.GET.get("show", "mine")
    show = show if show in {"mine", "theirs", "ended"} else "mine"
    mine = Promise.objects.owned_by(request.user)
    open_ = mine.open()
    counts = open_.aggregate(
        mine=models.Count("pk", filter=models.Q(made_by=Promise.By.ME)),
        theirs=models.Count("pk", filter=models.Q(made_by=Promise.By.THEM)),
    )
    context = {
        "show": show,
        "counts": counts,
        "word": insight.own_word(request.user, request.today),
    }
    if show == "ended":
        context |= _ended(request, mine)
    else:
        rows = open_.mine() if show == "mine" else open_.theirs()
        rows = rows.soonest_first().select_related("contact__company")
        context["groups"] = _grouped(rows, request.today)
    return render_page(request, "followups/promises.html", "promises", context)


@require_safe
def detail(request: Request, pk: int) -> HttpResponse:
    """One promise with all that happened to it."""
    promise = get_object_or_404(
        Promise.objects.visible_to(request.user).select_related("contact", "owner"), pk=pk
    )
    context = {"promise": promise, "events": promise.events.select_related("by")}
    return render_page(request, "followups/promise.html", "promise", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Request) -> HttpResponse:
    """Write a promise down."""
    chosen = chosen_people(request, "contact")[:1]
    form = PromiseForm(request.POST or None, user=request.user, today=request.today, chosen=chosen)
    if request.method == "POST" and form.is_valid():
        promise = form.make(at=request.now)
        toast(request, f"Written down: {promise.text}")
        return draft_saved(follow(_next(request, promise)), "promise:new")
    context = {"form": form, "next": _wished(request)}
    status = 422 if form.is_bound else 200
    return render_page(
        request, "followups/promise_new.html", "promise-form", context, status=status
    )


@require_POST
def keep(request: Request, pk: int) -> HttpResponse:
    promise = _own(request, pk)
    try:
        promise.keep(by=request.user, at=request.now)
    except PromiseEnded:
        toast(request, "This promise has ended already.")
        return _back(request, promise)
    said = "Kept" if promise.state == Promise.State.KEPT else "Kept, if late"
    toast(request, f"{said}: {promise.text}", undo=_reopening(promise))
    return _back(request, promise)


@require_POST
def reopen(request: Request, pk: int) -> HttpResponse:
    promise = _own(request, pk)
    promise.reopen(by=request.user, at=request.now)
    toast(request, f"Open again: {promise.text}")
    return _back(request, promise)


@require_http_methods(["GET", "HEAD", "POST"])
def move(request: Request, pk: int) -> HttpResponse:
    """Another date, and the question whether they were told."""
    promise = _own(request, pk)
    form = MovingForm(request.POST or None, user=request.user, today=request.today)
    if request.method == "POST" and form.is_valid() and promise.is_open:
        form.move(promise, at=request.now)
        toast(request, f"Moved: {promise.text}")
        return _back(request, promise)
    return _form_page(request, promise, form, "followups/promise_moving.html")


@require_http_methods(["GET", "HEAD", "POST"])
def end(request: Request, pk: int) -> HttpResponse:
    """Released or broken, with a word of context."""
    promise = _own(request, pk)
    form = EndingForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and promise.is_open:
        form.end(promise, by=request.user, at=request.now)
        toast(request, f"Ended: {promise.text}", undo=_reopening(promise))
        return _back(request, promise)
    return _form_page(request, promise, form, "followups/promise_ending.html")


def _form_page(
    request: Request, promise: Promise, form: MovingForm | EndingForm, template: str
) -> HttpResponse:
    context = {"promise": promise, "form": form, "next": _wished(request)}
    return render_page(
        request, template, "promise-form", context, status=422 if form.is_bound else 200
    )


def _own(request: Request, pk: int) -> Promise:
    own = Promise.objects.owned_by(request.user).select_related("contact", "owner")
    return get_object_or_404(own, pk=pk)


def _reopening(promise: Promise) -> str:
    return reverse("followups:promise_reopening", args=[promise.pk])


def _back(request: Request, promise: Promise) -> HttpResponse:
    return follow(_next(request, promise))


def _next(request: Request, promise: Promise) -> str:
    """Where the form said it came from, if that is here; else the person."""
    wished = _wished(request)
    if url_has_allowed_host_and_scheme(wished, allowed_hosts=None):
        return wished
    return promise.contact.get_absolute_url()


def _wished(request: Request) -> str:
    return request.POST.get("next") or request.GET.get("next") or ""


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 18


def _grouped(promises: Iterable[Promise], today: date) -> list[Group]:
    """Open promises by when they are due, soonest first."""
    monday = today + timedelta(days=7 - today.weekday())
    groups: dict[str, list[Promise]] = {}
    for promise in promises:
        groups.setdefault(_heading(promise.due_on, today, monday), []).append(promise)
    return [Group(title, rows) for title, rows in groups.items()]


def _heading(due_on: date | None, today: date, next_monday: date) -> str:
    if due_on is None:
        return "Without a date"
    if due_on < today:
        return "Overdue"
    if due_on == today:
        return "Today"
    return "This week" if due_on < next_monday else "Later"


def _ended(request: Request, mine: models.QuerySet[Promise]) -> dict[str, object]:
    """Ended promises, the latest first, a page at a time by (ended_on, pk)."""
    rows = mine.exclude(state=Promise.State.OPEN).order_by("-ended_on", "-pk")
    after = request.GET.get("after", "")
    day, _, number = after.partition("_")
    if _is_number(number):
        try:
            on = date.fromisoformat(day)
        except ValueError:
            on = None
        if on:
            rows = rows.filter(
                models.Q(ended_on__lt=on) | models.Q(ended_on=on, pk__lt=int(number))
            )
    found = list(rows.select_related("contact__company")[: PAGE + 1])
    more = found[PAGE - 1] if len(found) > PAGE else None
    return {
        "ended": found[:PAGE],
        "after": f"{more.ended_on:%Y-%m-%d}_{more.pk}" if more and more.ended_on else "",
    }
