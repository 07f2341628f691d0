"""The trash: what was removed in the last thirty days, and the way back."""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from contacts import trash
from contacts.models import Contact, Note
from crm.http import Request, follow, is_fragment, render_page, toast


@require_safe
def show(request: Request) -> HttpResponse:
    """What can come back, latest first."""
    removed = trash.removed_by(request.user, after=_place(request.GET.get("after", "")))
    context: dict[str, Any] = {"removed": removed}
    if len(removed) == trash.AT_ONCE:
        at, kind, pk = removed[-1].place
        context["after"] = quote(f"{at.isoformat()}_{kind}_{pk}")
    return render_page(request, "contacts/trash.html", "removed", context)


@require_POST
def remove(request: Request, kind: str, pk: int) -> HttpResponse:
    """Put something in the trash; the toast brings it back."""
    thing = _find(request, kind, pk, is_trashed=False)
    trash.remove(thing, at=request.now)
    undo = reverse("contacts:restoration", args=[kind, pk])
    toast(request, f"{_called(thing)} is in the trash.", undo=undo)
    if is_fragment(request) and kind != "contacts":
        return HttpResponse()
    return follow(_page_without(thing))


@require_POST
def restore(request: Request, kind: str, pk: int) -> HttpResponse:
    """Take something out of the trash."""
    thing = _find(request, kind, pk, is_trashed=True)
    try:
        trash.restore(thing)
    except trash.AlreadyThere:
        sentence = f"{_called(thing)} cannot come back: another one has taken its place by now."
        messages.warning(request, sentence)
        return follow(reverse("contacts:trash"))
    toast(request, f"{_called(thing)} is back.")
    from_trash = request.POST.get("from") == "trash"
    return follow(reverse("contacts:trash") if from_trash else _page_with(thing))


def _find(request: Request, kind: str, pk: int, *, is_trashed: bool) -> trash.Thing:
    if kind not in trash.KINDS:
        raise Http404
    rows = trash.own(kind, request.user)
    thing: trash.Thing = get_object_or_404(rows.filter(trashed_at__isnull=not is_trashed), pk=pk)
    return thing


def _called(thing: trash.Thing) -> str:
    """What a toast calls it."""
    if isinstance(thing, Note):
        return "The note"
    name = "The photo" if thing._meta.model_name == "photo" else str(thing)
    return name if len(name) <= 60 else f"{name[:57]}…"


def _page_without(thing: trash.Thing) -> str:
    return reverse("contacts:list") if isinstance(thing, Contact) else _page_with(thing)


def _page_with(thing: trash.Thing) -> str:
    """Where the thing is seen."""
    if isinstance(thing, Note):
        contact = thing.contacts.filter(trashed_at=None).first()
    else:
        contact = thing if isinstance(thing, Contact) else getattr(thing, "contact", None)
    return contact.get_absolute_url() if contact else reverse("contacts:trash")


def _place(text: str) -> trash.Place | None:
    """Where a page ended, as `show` writes it; None for anything else."""
    at, _, rest = text.partition("_")
    kind, _, pk = rest.partition("_")
    try:
        removed_at, number = datetime.fromisoformat(at), int(pk)
        if removed_at.utcoffset() is None or kind not in trash.KINDS:
            return None
        return removed_at.astimezone(UTC), kind, number
    except (ValueError, OverflowError):
        return None
