"""Today: whom to reach out to, and why."""

from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from contacts.models import Contact
from crm.http import Request, follow, toast
from followups import answering, insight, queue, upcoming
from followups.forms import DayForm
from followups.models import Answer, Promise

THEY_OWE = 5
# So many are shown with all there is to say; the others come up as these are answered.
CARDS = 4


@require_safe
def show(request: Request) -> HttpResponse:
    """The queue and what stands beside it."""
    today, user = request.today, request.user
    theirs = Promise.objects.owned_by(user).open().theirs().soonest_first()
    built = queue.build(user, today=today, now=request.now)
    context = {
        "queue": built,
        "cards": built.entries[:CARDS],
        "later": built.entries[CARDS:],
        "greeting": _greeting(request),
        "word": insight.own_word(user, today),
        "soon": upcoming.soon(user, today),
        "they_owe": theirs.select_related("contact")[:THEY_OWE],
        "just": _just_answered(request),
        "days": _choices(today),
        "has_people": bool(built.entries) or Contact.objects.kept_by(user).present().exists(),
        "load": queue.load(user) if built.waiting else None,
    }
    return render(request, "followups/today.html", context)


@require_safe
def why(request: Request, pk: int) -> HttpResponse:
    """Why somebody stands where they stand in today's queue."""
    contact = _own(request, pk)
    entries = queue.build(request.user, today=request.today, now=request.now).entries
    place = next((n for n, e in enumerate(entries) if e.contact.pk == contact.pk), None)
    context: dict[str, Any] = {"contact": contact, "place": place}
    if place is not None:
        context["entry"] = entries[place]
        if place:
            context["above"] = queue.explain(entries[place - 1], entries[place])
        if place + 1 < len(entries):
            context["below"] = queue.explain(entries[place], entries[place + 1])
    return render(request, "followups/why.html", context)


@require_POST
def done(request: Request, pk: int) -> HttpResponse:
    contact = _own(request, pk)
    answer = answering.done(
        keeper=request.user, contact=contact, today=request.today, at=request.now
    )
    return _back(answer)


@require_POST
def talked(request: Request, pk: int) -> HttpResponse:
    """ "We just talked": a touch, and done."""
    contact = _own(request, pk)
    answer, _ = answering.talked(
        keeper=request.user, contact=contact, today=request.today, at=request.now
    )
    return _back(answer)


@require_POST
def skip(request: Request, pk: int) -> HttpResponse:
    contact = _own(request, pk)
    answer = answering.skip(
        keeper=request.user, contact=contact, today=request.today, at=request.now
    )
    undo = reverse("followups:answer_undoing", args=[answer.pk])
    toast(request, f"{contact.first_name} is left out this time.", undo=undo)
    return _today()


@require_POST
def snooze(request: Request, pk: int) -> HttpResponse:
    contact = _own(request, pk)
    form = DayForm(request.POST, user=request.user, today=request.today)
    if not form.is_valid():
        context = {"form": form, "contact": contact, "days": _choices(request.today)}
        return render(request, "followups/snooze.html", context, status=422)
    until = form.cleaned_data["on"]
    answer = answering.snooze(
        keeper=request.user, contact=contact, until=until, today=request.today, at=request.now
    )
    undo = reverse("followups:answer_undoing", args=[answer.pk])
    toast(request, f"{contact.first_name} comes back {form.said}.", undo=undo)
    return _today()


@require_POST
def plan_next(request: Request, pk: int) -> HttpResponse:
    """The answer to "What next?"."""
    answer = get_object_or_404(Answer.objects.visible_to(request.user).standing(), pk=pk)
    form = DayForm(request.POST, user=request.user, today=request.today)
    if not form.is_valid():
        context = {"form": form, "answer": answer, "days": _choices(request.today)}
        return render(request, "followups/next.html", context, status=422)
    answering.plan_next(answer, on=form.cleaned_data["on"], at=request.now)
    undo = reverse("followups:answer_undoing", args=[answer.pk])
    toast(request, f"{answer.contact.first_name} comes back {form.said}.", undo=undo)
    return _today()


@require_POST
def undo(request: Request, pk: int) -> HttpResponse:
    answer = get_object_or_404(Answer.objects.visible_to(request.user), pk=pk)
    answering.undo(answer, at=request.now)
    toast(request, f"{answer.contact.first_name} is back.")
    return _today()


def _own(request: Request, pk: int) -> Contact:
    contacts = Contact.objects.kept_by(request.user).present().select_related("keeper")
    return get_object_or_404(contacts, pk=pk)


def _today() -> HttpResponse:
    return follow(reverse("followups:today"))


def _back(answer: Answer) -> HttpResponse:
    """Today again, asking what is next for the one just answered."""
    return follow(f"{reverse('followups:today')}?{urlencode({'just': answer.pk})}")


def _just_answered(request: Request) -> Answer | None:
    just = request.GET.get("just", "")
    if not just.isascii() or not just.isdecimal() or len(just) > 18:
        return None
    answers = Answer.objects.visible_to(request.user).standing().select_related("contact")
    return answers.filter(pk=int(just), on=request.today).first()


def _greeting(request: Request) -> str:
    hour = request.now.astimezone(request.user.zone).hour
    part = "morning" if 4 <= hour < 12 else "afternoon" if 12 <= hour < 18 else "evening"
    name = request.user.first_name
    return f"Good {part}, {name}" if name else f"Good {part}"


def _choices(today: date) -> list[tuple[str, date]]:
    """The days that snoozing and "What next?" offer."""
    monday = today + timedelta(days=7 - today.weekday())
    return [
        ("Tomorrow", today + timedelta(days=1)),
        ("Monday", monday),
        ("In a week", today + timedelta(days=7)),
        ("In a month", today + timedelta(days=30)),
    ]
