"""Today: whom to reach out to, and why."""

import json
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from contacts.models import Contact
from crm.http import Request, follow, toast
from crm.policy import Role
from followups import answering, delivering, queue, ranking, upcoming
from followups.follow_through.word import own_word
from followups.forms.day import DayForm
from followups.models import Answer, Delivery, Handover, Promise, PromiseEvent
from followups.queue import Entry
from followups.replies import placing
from followups.views.addresses import is_number, wished

THEY_OWE = 5
ON_IT = 6
# Offers of help stand here for so long.
OFFERS, OFFERED = 3, timedelta(days=7)
# So many are shown with all there is to say; the others come up as these are answered.
CARDS = 4
# So many more have a line each; the rest are a press away.
LATER = 12


@require_safe
def show(request: Request) -> HttpResponse:
    """The queue and what stands beside it; `?just=` asks what is next for one just answered."""
    today, user = request.today, request.user
    theirs = Promise.objects.owned_by(user).open().theirs().soonest_first()
    most = None if "all" in request.GET else CARDS + LATER
    built = queue.build(user, today=today, now=request.now, most=most)
    just = _just_answered(request)
    days = _choices(today)
    context = {
        "queue": built,
        "later": built.entries[CARDS:],
        "greeting": user.greeting(request.now),
        "word": own_word(user, today),
        "soon": upcoming.soon(user, today, gone=built.gone),
        "on_it": built.unsettled.on(user)[:ON_IT],
        "missed": upcoming.missed(user, today, gone=built.gone),
        "offers": PromiseEvent.objects.offers_to(user, since=request.now - OFFERED)[:OFFERS],
        "they_owe": theirs.select_related("contact")[:THEY_OWE],
        "days": days,
        "day_buttons": render_to_string("followups/today/day_buttons.html", {"days": days}),
        "has_people": bool(built.entries) or Contact.objects.kept_by(user).present().exists(),
        "load": queue.load(user) if built.waiting > user.people_a_day else None,
        "last": Delivery.objects.visible_to(user).filter(kind=Delivery.Kind.DIGEST).first(),
        "unplaced": placing.count_unplaced(user),
        "packets": _packets(request),
        "halt": delivering.halt(request.now) if user.role == Role.OWNER else None,
    }
    context |= _around(request, built.entries[:CARDS], just)
    response = render(request, "followups/today.html", context)
    if just:
        said = {"announce": {"text": f"{just.contact.first_name}: done."}}
        response.headers["HX-Trigger"] = json.dumps(said)
    return response


@require_safe
def why(request: Request, pk: int) -> HttpResponse:
    """Why somebody stands where they stand in today's queue."""
    contact = _own(request, pk)
    entries = queue.build(request.user, today=request.today, now=request.now).entries
    place = next((n for n, e in enumerate(entries) if e.contact.pk == contact.pk), None)
    context: dict[str, Any] = {"contact": contact, "ranks": ranking.ranks_in_words()}
    if place is not None:
        entry = entries[place]
        context |= {"entry": entry, "place": place + 1, "people": len(entries)}
        if place:
            above = entries[place - 1]
            context |= {"above": above, "after": ranking.explain(above, entry, request.today)}
        if place + 1 < len(entries):
            below = entries[place + 1]
            context |= {"below": below, "before": ranking.explain(entry, below, request.today)}
    return render(request, "followups/why.html", context)


@require_POST
def done(request: Request, pk: int) -> HttpResponse:
    contact = _own(request, pk)
    answer = answering.done(
        keeper=request.user, contact=contact, today=request.today, at=request.now
    )
    if answer is None or answer.kind != Answer.Kind.DONE:
        return _nobody(request, contact)
    return _back(request, answer)


@require_POST
def talked(request: Request, pk: int) -> HttpResponse:
    """ "We just talked": a touch, and done. From elsewhere (`next`) back there."""
    contact = _own(request, pk)
    answer = answering.talked(
        keeper=request.user, contact=contact, today=request.today, at=request.now
    )
    back = wished(request)
    if back == reverse("followups:today"):
        return _back(request, answer)
    back = back or contact.get_absolute_url()
    undo = f"{_undoing(answer)}?{urlencode({'next': back})}"
    toast(request, f"Noted: you and {contact.first_name} just talked.", undo=undo)
    return follow(back)


@require_POST
def skip(request: Request, pk: int) -> HttpResponse:
    contact = _own(request, pk)
    answer = answering.skip(
        keeper=request.user, contact=contact, today=request.today, at=request.now
    )
    if answer is None or answer.kind != Answer.Kind.SKIPPED:
        return _nobody(request, contact)
    toast(request, f"{contact.first_name} is left out this time.", undo=_undoing(answer))
    return _today()


@require_POST
def snooze(request: Request, pk: int) -> HttpResponse:
    contact = _own(request, pk)
    form = DayForm(request.POST, user=request.user, today=request.today)
    if not form.is_valid():
        context = {"form": form, "contact": contact}
        return render(request, "followups/snooze.html", context, status=422)
    until = form.cleaned_data["on"]
    answer = answering.snooze(
        keeper=request.user, contact=contact, until=until, today=request.today, at=request.now
    )
    if answer is None or answer.kind != Answer.Kind.SNOOZED:
        return _nobody(request, contact)
    toast(request, f"{contact.first_name} comes back {form.said}.", undo=_undoing(answer))
    return _today()


@require_POST
def plan_next(request: Request, pk: int) -> HttpResponse:
    """The answer to "What next?"."""
    answers = Answer.objects.visible_to(request.user).select_related("contact")
    answer = get_object_or_404(answers, pk=pk)
    if answer.undone_at is not None:
        return _nobody(request, answer.contact)
    form = DayForm(request.POST, user=request.user, today=request.today)
    if not form.is_valid():
        context = {"form": form, "answer": answer}
        return render(request, "followups/next.html", context, status=422)
    answering.plan_next(answer, on=form.cleaned_data["on"], at=request.now)
    name = answer.contact.first_name
    toast(request, f"{name} comes back {form.said}.", undo=_undoing(answer))
    return _today()


@require_POST
def undo(request: Request, pk: int) -> HttpResponse:
    answers = Answer.objects.visible_to(request.user).select_related("contact")
    answer = get_object_or_404(answers, pk=pk)
    answering.undo(answer, at=request.now)
    toast(request, f"{answer.contact.first_name} is back as before.")
    return follow(wished(request) or reverse("followups:today"))


def _packets(request: Request) -> list[Handover]:
    """What was handed over to the user, until they have looked through it."""
    waiting = Handover.objects.visible_to(request.user).waiting_for(request.user)
    return list(waiting.select_related("from_user").annotate(people=Count("contacts")))


def _own(request: Request, pk: int) -> Contact:
    contacts = Contact.objects.kept_by(request.user).present().select_related("keeper")
    return get_object_or_404(contacts, pk=pk)


def _today() -> HttpResponse:
    return follow(reverse("followups:today"))


def _nobody(request: Request, contact: Contact) -> HttpResponse:
    """A second tab or a second click: there is nothing left to answer."""
    toast(request, f"{contact.first_name} is not waiting any more.")
    return _today()


def _undoing(answer: Answer) -> str:
    return reverse("followups:answer_undoing", args=[answer.pk])


def _back(request: Request, answer: Answer) -> HttpResponse:
    """Today again, asking what is next where the one just answered stood (`at`)."""
    query = {"just": answer.pk}
    if is_number(at := request.POST.get("at", "")):
        query["at"] = int(at)
    return follow(f"{reverse('followups:today')}?{urlencode(query)}")


def _just_answered(request: Request) -> Answer | None:
    just = request.GET.get("just", "")
    if not is_number(just):
        return None
    answers = Answer.objects.visible_to(request.user).standing()
    mine = answers.filter(pk=int(just), on=request.today, kind=Answer.Kind.DONE)
    return mine.select_related("contact").first()


def _around(request: Request, cards: list[Entry], just: Answer | None) -> dict[str, Any]:
    """The cards before and after the place of the one just answered."""
    at = request.GET.get("at", "")
    place = int(at) if just and is_number(at) else 0
    return {"just": just, "before": cards[:place], "after": cards[place:], "place": place}


def _choices(today: date) -> list[tuple[str, date]]:
    """The days that snoozing and "What next?" offer, none of them twice."""
    days = {
        today + timedelta(days=1): "Tomorrow",
        today + timedelta(days=7): "In a week",
        today + timedelta(days=30): "In a month",
    }
    days.setdefault(today + timedelta(days=7 - today.weekday()), "Monday")
    return [(days[day], day) for day in sorted(days)]
