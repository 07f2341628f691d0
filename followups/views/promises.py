"""Promises: all of them, one of them, and every way in which one can go."""

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db import models
from django.db.models import Prefetch, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from contacts.models import Contact
from contacts.picking import chosen_people
from crm.http import Request, draft_saved, follow, is_fragment, render_page, see_other, toast
from crm.looks import looked
from followups import ledger
from followups.follow_through.definitions import FIGURES
from followups.follow_through.word import own_word
from followups.forms.promise import EndingForm, MovingForm, PromiseForm, WordingForm
from followups.models import Promise, PromiseEvent
from followups.models.promise import PromiseEnded
from followups.views.addresses import wished

SHOWN = ["mine", "theirs", "ended"]


@require_safe
def index(request: Request) -> HttpResponse:
    """What I owe, what is owed to me, or what has ended; `?after=` goes on from there."""
    show = request.GET.get("show", "")
    show = show if show in SHOWN else "mine"
    faces = Contact.objects.with_face(request.user).select_related("company")
    own = Promise.objects.owned_by(request.user).prefetch_related(Prefetch("contact", faces))
    after = ledger.Place.parse(request.GET.get("after", ""))
    if show == "ended":
        page = ledger.ended_page(own, after)
    else:
        rows = own.open().mine() if show == "mine" else own.open().theirs()
        page = ledger.open_page(rows, request.today, after)
    context: dict[str, Any] = {"show": show, "page": page}
    if is_fragment(request) and after:
        return render_page(request, "followups/promises.html", "promise-rows", context)
    context["counts"] = own.open().aggregate(
        mine=models.Count("pk", filter=models.Q(made_by=Promise.By.ME)),
        theirs=models.Count("pk", filter=models.Q(made_by=Promise.By.THEM)),
    )
    context["word"] = own_word(request.user, request.today)
    context["word_defined"] = FIGURES["word"].defined
    return render_page(request, "followups/promises.html", "promises", context)


@require_safe
def detail(request: Request, pk: int) -> HttpResponse:
    """One promise with all that happened to it, and the words about it that are for who looks.

    What it said before is its writer’s alone: it may have been private then.
    """
    faces = Contact.objects.with_face(request.user).select_related("company")
    promises = Promise.objects.visible_to(request.user).select_related("owner", "issue")
    promises = promises.prefetch_related(Prefetch("contact", faces))
    promise = get_object_or_404(promises, pk=pk)
    thing = f"promise:{promise.pk}"
    looked(viewer=request.user, whose_id=promise.owner_id, thing=thing, now=request.now)
    events = promise.events.select_related("by")
    context = {
        "promise": promise,
        "events": events.exclude(~Q(by=request.user), kind=PromiseEvent.Kind.REWORDED),
        "heard": set(promise.events.heard_by(request.user).values_list("pk", flat=True)),
        "was_missed": promise.was_missed(promise.owner.today(request.now)),
        "may_help": Promise.objects.helped_by(request.user).filter(pk=promise.pk).exists(),
    }
    return render_page(request, "followups/promise.html", "promise", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Request) -> HttpResponse:
    """Write a promise down."""
    chosen = chosen_people(request, "contact")[:1]
    form = PromiseForm(request.POST or None, user=request.user, today=request.today, chosen=chosen)
    if request.method == "POST" and form.is_valid():
        promise = form.make(at=request.now)
        toast(request, f"Written down: {promise.text}")
        return draft_saved(see_other(request, _next(request, promise)), "promise:new")
    return _form_page(request, form, "followups/promise_new.html")


@require_POST
def keep(request: Request, pk: int) -> HttpResponse:
    promise = _own(request, pk)
    try:
        promise.keep(by=request.user, at=request.now)
    except PromiseEnded:
        return _ended_already(request, promise)
    said = "Kept" if promise.state == Promise.State.KEPT else "Kept, if late"
    toast(request, f"{said}: {promise.text}", undo=_reopening(request, promise))
    return follow(_next(request, promise))


@require_POST
def reopen(request: Request, pk: int) -> HttpResponse:
    promise = _own(request, pk)
    promise.reopen(by=request.user, at=request.now)
    toast(request, f"Open again: {promise.text}")
    return follow(_next(request, promise))


@require_http_methods(["GET", "HEAD", "POST"])
def reword(request: Request, pk: int) -> HttpResponse:
    """Mend the wording, and say who sees it."""
    promise = _own(request, pk)
    form = WordingForm(request.POST or None, promise=promise, today=request.today)
    if request.method == "POST" and form.is_valid():
        form.change(by=request.user, at=request.now)
        toast(request, "Changed.")
        return see_other(request, _next(request, promise))
    return _form_page(request, form, "followups/promise_wording.html", promise)


@require_http_methods(["GET", "HEAD", "POST"])
def move(request: Request, pk: int) -> HttpResponse:
    """Another date, and the question whether they were told."""
    promise = _own(request, pk)
    form = MovingForm(request.POST or None, user=request.user, today=request.today)
    if request.method == "POST" and form.is_valid():
        try:
            form.move(promise, at=request.now)
        except PromiseEnded:
            return _ended_already(request, promise)
        toast(request, f"Moved: {promise.text}")
        return see_other(request, _next(request, promise))
    return _form_page(request, form, "followups/promise_moving.html", promise)


@require_http_methods(["GET", "HEAD", "POST"])
def end(request: Request, pk: int) -> HttpResponse:
    """Released or broken, with a word of context."""
    promise = _own(request, pk)
    form = EndingForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            form.end(promise, by=request.user, at=request.now)
        except PromiseEnded:
            return _ended_already(request, promise)
        toast(request, f"Ended: {promise.text}", undo=_reopening(request, promise))
        return see_other(request, _next(request, promise))
    return _form_page(request, form, "followups/promise_ending.html", promise)


def _form_page(
    request: Request, form: forms.Form, template: str, promise: Promise | None = None
) -> HttpResponse:
    context = {"promise": promise, "form": form, "next": wished(request)}
    status = 422 if form.is_bound else 200
    return render_page(request, template, "promise-form", context, status=status)


def _own(request: Request, pk: int) -> Promise:
    own = Promise.objects.owned_by(request.user).select_related("contact", "owner")
    return get_object_or_404(own, pk=pk)


def _ended_already(request: Request, promise: Promise) -> HttpResponse:
    """A second tab or a second click."""
    toast(request, f"This has ended already: {promise.text}")
    return see_other(request, _next(request, promise))


def _reopening(request: Request, promise: Promise) -> str:
    """The address that undoes, and leads back to where one was."""
    url = reverse("followups:promise_reopening", args=[promise.pk])
    return f"{url}?{urlencode({'next': _next(request, promise)})}"


def _next(request: Request, promise: Promise) -> str:
    """Where the form said it came from; else the person."""
    return wished(request) or promise.contact.get_absolute_url()
