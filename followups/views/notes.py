"""The composer: writing a note, changing it, and what it said before."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from contacts.models import Note
from contacts.models.base import Conflict
from contacts.notes import edit_note, restore_note, trash_note
from contacts.picking import chosen_people, with_cards
from crm.http import Request, draft_saved, follow, render_page, toast
from followups.composing import log_note
from followups.forms import NoteForm


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Request) -> HttpResponse:
    """Log what was said."""
    chosen = chosen_people(request, "people") or chosen_people(request, "contact")
    form = NoteForm(request.POST or None, user=request.user, now=request.now, chosen=chosen)
    if request.method == "POST" and form.is_valid():
        note = log_note(author=request.user, now=request.now, promises=form.promises(), **form.what)
        toast(request, "Noted.", undo=reverse("followups:note_removal", args=[note.pk]))
        return draft_saved(follow(_after(note)), _draft(request))
    context = {"form": form, "draft": _draft(request), "action": request.path}
    status = 422 if form.is_bound else 200
    return render_page(request, "followups/note.html", "composer", context, status=status)


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
        initial={
            "text": note.text,
            "at": timezone.localtime(note.at),
            "channel": note.channel,
            "feeling": note.feeling,
            "reader": "only-me" if note.private else "team",
        },
    )
    context = {"form": form, "note": note, "draft": f"note:{pk}", "version": note.version}
    context["action"] = request.path
    if request.method == "POST" and form.is_valid():
        try:
            edit_note(note, seen=_version(request), now=request.now, **form.what)
        except Conflict:
            context |= {"theirs": _own(request, pk)}
            return render_page(request, "followups/note.html", "composer", context, status=409)
        toast(request, "Changed.")
        return draft_saved(follow(_after(note)), f"note:{pk}")
    status = 422 if form.is_bound else 200
    return render_page(request, "followups/note.html", "composer", context, status=status)


@require_safe
def history(request: Request, pk: int) -> HttpResponse:
    """What a note said before it was edited."""
    notes = Note.objects.visible_to(request.user).present().select_related("author")
    note = get_object_or_404(notes, pk=pk)
    context = {"note": note, "revisions": note.revisions.all()}
    return render_page(request, "followups/note_history.html", "history", context)


@require_POST
def remove(request: Request, pk: int) -> HttpResponse:
    note = _own(request, pk)
    trash_note(note, at=request.now)
    toast(request, "Removed.", undo=reverse("followups:note_return", args=[pk]))
    return follow(_after(note))


@require_POST
def bring_back(request: Request, pk: int) -> HttpResponse:
    note = get_object_or_404(Note.objects.visible_to(request.user), pk=pk, author=request.user)
    restore_note(note)
    toast(request, "Here it is again.")
    return follow(_after(note))


def _own(request: Request, pk: int) -> Note:
    notes = Note.objects.visible_to(request.user).present().filter(author=request.user)
    return get_object_or_404(notes, pk=pk)


def _after(note: Note) -> str:
    """Where a note is read: on its person, on Today when there are several."""
    people = list(note.contacts.all()[:2])
    return people[0].get_absolute_url() if len(people) == 1 else reverse("followups:today")


def _draft(request: Request) -> str:
    """The name under which the browser keeps this composer's draft."""
    return request.POST.get("draft", "note:new")[:60]


def _version(request: Request) -> int:
    version = request.POST.get("version", "")
    return int(version) if version.isascii() and version.isdecimal() else 0
