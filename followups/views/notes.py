"""The composer: writing a note, changing it, and what it said before."""

import re
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from contacts.models import Contact, Note
from contacts.models.base import Conflict
from contacts.notes import edit_note, restore_note, trash_note
from contacts.picking import chosen_people, with_cards
from crm.http import Request, draft_saved, follow, render_page, see_other, toast
from followups.composing import log_note, take_back
from followups.forms.note import NoteForm
from followups.views.addresses import is_number


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Request) -> HttpResponse:
    """Log what was said: a page of its own, and where the composer of any other page posts to."""
    asked_for = chosen_people(request, "contact")
    chosen = chosen_people(request, "people") or asked_for
    form = NoteForm(request.POST or None, user=request.user, now=request.now, chosen=chosen)
    draft = _draft(request, asked_for)
    if request.method == "POST" and form.is_valid():
        note = log_note(
            form.told,
            author=request.user,
            now=request.now,
            promises=form.said,
            key=form.cleaned_data["key"],
        )
        toast(request, _noted(form), undo=reverse("followups:note_undoing", args=[note.pk]))
        return draft_saved(see_other(request, _read_at(form.told.contacts)), draft)
    context = {"form": form, "draft": draft, "compact": bool(request.POST.get("compact"))}
    return _composer(request, context)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: Request, pk: int) -> HttpResponse:
    """Change a note of one's own; its earlier text is kept."""
    note = _own(request, pk)
    people = list(with_cards(note.contacts.all(), request.user))
    form = NoteForm(
        request.POST or None,
        user=request.user,
        now=request.now,
        chosen=people,
        initial=_as_typed(note),
    )
    draft = f"note:edit:{pk}"
    context = {"form": form, "note": note, "draft": draft, "version": note.version}
    if request.method == "POST" and form.is_valid():
        try:
            edit_note(note, seen=_version(request), now=request.now, **form.told.as_arguments())
        except Conflict:
            theirs = _own(request, pk)
            context |= {"theirs": theirs, "version": theirs.version}
            return _composer(request, context, status=409)
        toast(request, "Changed.")
        return draft_saved(see_other(request, _read_at(form.told.contacts)), draft)
    return _composer(request, context)


@require_safe
def history(request: Request, pk: int) -> HttpResponse:
    """What a note of one's own said before it was edited: it may have been private then."""
    note = _own(request, pk)
    context = {"note": note, "revisions": note.revisions.all(), "back": _after(note)}
    return render_page(request, "followups/note_history.html", "history", context)


@require_POST
def remove(request: Request, pk: int) -> HttpResponse:
    note = _own(request, pk)
    trash_note(note, at=request.now)
    toast(request, "Removed.", undo=reverse("followups:note_return", args=[pk]))
    return follow(_after(note))


@require_POST
def take_back_new(request: Request, pk: int) -> HttpResponse:
    """Undo right after saving: the promises made in the note go with it."""
    note = _own(request, pk)
    take_back(note, by=request.user, at=request.now)
    toast(request, "Taken back.", undo=reverse("followups:note_return", args=[pk]))
    return follow(_after(note))


@require_POST
def bring_back(request: Request, pk: int) -> HttpResponse:
    note = get_object_or_404(Note.objects.visible_to(request.user), pk=pk, author=request.user)
    restore_note(note)
    toast(request, "Here it is again.")
    return follow(_after(note))


def _composer(
    request: Request, context: dict[str, Any], *, status: int | None = None
) -> HttpResponse:
    """The composer as a page, or to htmx as the box to put in place of the one that was sent."""
    status = status or (422 if context["form"].is_bound else 200)
    context |= {"action": request.path}
    return render_page(request, "followups/note.html", "composer", context, status=status)


def _as_typed(note: Note) -> dict[str, Any]:
    """A note as the composer's fields hold it."""
    return {
        "text": note.text,
        "when": "at",
        "at": f"{timezone.localtime(note.at):%Y-%m-%dT%H:%M}",
        "channel": note.channel,
        "began": note.began,
        "feeling": note.feeling,
        "reader": "only-me" if note.private else "team",
    }


def _noted(form: NoteForm) -> str:
    if not form.said:
        return "Noted."
    return "Noted, with a promise." if len(form.said) == 1 else "Noted, with two promises."


def _own(request: Request, pk: int) -> Note:
    notes = Note.objects.visible_to(request.user).present().filter(author=request.user)
    return get_object_or_404(notes, pk=pk)


def _after(note: Note) -> str:
    return _read_at(list(note.contacts.all()[:2]))


def _read_at(people: list[Contact]) -> str:
    """Where a note about `people` is read: on its person, on Today when there are several."""
    return people[0].get_absolute_url() if len(people) == 1 else reverse("followups:today")


def _draft(request: Request, asked_for: list[Contact]) -> str:
    """The name under which the browser keeps this composer's draft: each person has their own."""
    name = f"note:{asked_for[0].pk}" if len(asked_for) == 1 else "note:new"
    posted = request.POST.get("draft", "")
    return posted if _DRAFT.fullmatch(posted) else name


# It goes into a cookie, which is no place for other letters: servers drop all cookies with them.
_DRAFT = re.compile(r"[a-z0-9:-]{1,60}")


def _version(request: Request) -> int:
    version = request.POST.get("version", "")
    return int(version) if is_number(version) else 0
