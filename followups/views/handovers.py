"""Handing people over: choosing, the packet of the new keeper, and taking it back."""

from typing import Any

from django.db.models import Count, Q
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from contacts.forms.grouping import MOST_AT_ONCE
from contacts.models import Contact
from contacts.models.contact import ContactQuerySet
from crm.http import Request, follow, is_fragment, render_page, see_other, toast
from crm.models import User
from crm.policy import may_hand_over, may_manage_team
from crm.templatetags.ui import count
from followups import handing, packet
from followups.forms.handover import HandoverForm, colleagues
from followups.handing import HandoverError, Undone
from followups.models import Handover
from followups.views.addresses import is_number

NEW = "followups/handover_new.html"
PACKET = "followups/handover.html"
LATEST = 30
NAMED = 12
# So many of what could not be given back are said; the packet shows the rest.
SAID = 3


@require_safe
def index(request: Request) -> HttpResponse:
    """The latest handings over that concern the user; to an owner all of the team's."""
    rows = Handover.objects.visible_to(request.user).select_related("from_user", "to_user", "by")
    there = Q(contacts__contact__trashed_at=None)
    rows = rows.annotate(
        people=Count("contacts", there),
        strangers=Count("contacts", there & Q(contacts__introduced_at=None)),
    )
    context = {"handovers": rows[:LATEST]}
    return render_page(request, "followups/handovers.html", "handovers", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Request) -> HttpResponse:
    """Whom it is about comes as `contact`, or as `book`: the keeper all of whose people it is.

    A form without `to` comes from the list of people, to choose what becomes of them.
    """
    sent = request.POST if request.method == "POST" else request.GET
    is_sent = request.method == "POST" and "to" in request.POST
    status = 422 if is_sent else 200
    keeper, contacts = _meant(request, sent)
    if keeper is None:
        return render_page(request, NEW, "handover-form", {"people": 0}, status=status)
    form = HandoverForm(
        request.POST if is_sent else None,
        keeper=keeper,
        user=request.user,
        today=request.today,
        promises=handing.open_promises(keeper, contacts).select_related("contact"),
    )
    if is_sent and form.is_valid() and (handover := _hand(request, form, keeper, contacts)):
        people = count(handover.contacts.count(), "person is", "people are")
        toast(request, f"{people} with {handover.to_user} now.", undo=_undoing(handover))
        return see_other(request, handover.get_absolute_url())
    context = {"form": form, "keeper": keeper, "book": sent.get("book", "")}
    context |= _whom(contacts) | {"has_colleagues": colleagues(keeper).exists()}
    return render_page(request, NEW, "handover-form", context, status=status)


def _meant(request: Request, sent: QueryDict) -> tuple[User | None, ContactQuerySet]:
    """Who keeps them now, and who they are; nobody where who asks may not hand them over."""
    people = Contact.objects.visible_to(request.user).present().in_order()
    if is_number(book := sent.get("book", "")):
        people = people.filter(keeper=int(book))
    else:
        ticked = [int(key) for key in sent.getlist("contact") if is_number(key)]
        people = people.filter(pk__in=ticked[:MOST_AT_ONCE])
    first = people.select_related("keeper__member__team").first()
    if first is None or not may_hand_over(
        request.user, keeper_id=first.keeper_id, team_id=first.team_id
    ):
        return None, people
    return first.keeper, people.filter(keeper=first.keeper)


def _hand(
    request: Request, form: HandoverForm, keeper: User, contacts: ContactQuerySet
) -> Handover | None:
    try:
        return handing.hand_over(
            contact_ids=list(contacts.values_list("pk", flat=True)),
            keeper=keeper,
            to=form.cleaned_data["to"],
            by=request.user,
            at=request.now,
            introduction=form.cleaned_data["introduction"],
            choices=form.choices(),
        )
    except HandoverError as problem:
        form.add_error(None, str(problem))
        return None


def _whom(contacts: ContactQuerySet) -> dict[str, Any]:
    """The people chosen: the first by name, and how many there are beside."""
    keys = list(contacts.values_list("pk", flat=True))
    named = list(contacts.select_related("company")[:NAMED])
    return {"keys": keys, "people": len(keys), "named": named, "unnamed": len(keys) - len(named)}


# --- The packet ------------------------------------------------------------------------------


@require_safe
def show(request: Request, pk: int) -> HttpResponse:
    """The packet; `?after=` goes on from there."""
    handover = _find(request, pk)
    after = request.GET.get("after", "")
    read = packet.read(handover, request.user, after=int(after) if is_number(after) else 0)
    context = {
        "handover": handover,
        "packet": read,
        "is_new_keeper": handover.to_user_id == request.user.pk,
        "can_undo": _may_undo(request, handover) and handover.can_be_undone(request.now),
    }
    partial = "handed-more" if after and is_fragment(request) else "packet"
    return render_page(request, PACKET, partial, context)


@require_POST
def look_through(request: Request, pk: int) -> HttpResponse:
    """The new keeper has seen to it: it stands on Today no more."""
    handover = _own(request, pk)
    handover.looked_through_at = handover.looked_through_at or request.now
    handover.save(update_fields=["looked_through_at"])
    toast(request, "Looked through. You find it again under Team.")
    return see_other(request, reverse("followups:today"))


@require_POST
def introduce(request: Request, pk: int, contact_pk: int) -> HttpResponse:
    """Tick that one has been introduced to somebody, or take the tick off."""
    handover = _own(request, pk)
    handed = packet.read_one(handover, request.user, contact_pk)
    if handed is None:
        raise Http404
    packet.tick(handed.row, request.now)
    if is_fragment(request):
        context = {"handover": handover, "handed": handed, "is_new_keeper": True}
        return render_page(request, PACKET, "handed-one", context)
    return follow(handover.get_absolute_url() + f"#handed-{contact_pk}")


@require_POST
def undo(request: Request, pk: int) -> HttpResponse:
    handover = _find(request, pk)
    if not _may_undo(request, handover):
        raise Http404
    try:
        done = handing.undo(handover, by=request.user, at=request.now)
    except HandoverError as problem:
        toast(request, str(problem))
    else:
        toast(request, _in_words(done, handover))
    return follow(handover.get_absolute_url())


def _find(request: Request, pk: int) -> Handover:
    rows = Handover.objects.visible_to(request.user).select_related("from_user", "to_user", "by")
    return get_object_or_404(rows, pk=pk)


def _own(request: Request, pk: int) -> Handover:
    """The handing over, if it is to the user and stands."""
    mine = Handover.objects.visible_to(request.user).filter(to_user=request.user, undone_at=None)
    return get_object_or_404(mine.select_related("from_user", "to_user"), pk=pk)


def _may_undo(request: Request, handover: Handover) -> bool:
    is_part = request.user.pk in {handover.by_id, handover.from_user_id}
    return is_part or may_manage_team(request.user.role)


def _undoing(handover: Handover) -> str:
    return reverse("followups:handover_undoing", args=[handover.pk])


def _in_words(done: Undone, handover: Handover) -> str:
    said = f"{count(done.people, 'person is', 'people are')} back with {handover.from_user}."
    if not done.left:
        return said
    left = done.left[:SAID]
    if more := len(done.left) - len(left):
        left.append(f"and {more} more")
    return f"{said} Left as they are: {'; '.join(left)}."
