"""Replies to the digest of which nobody knows whom they are about."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from contacts.models import Channel
from crm.http import Request, draft_saved, follow, render_page, see_other, toast
from followups.forms.note import NoteForm
from followups.models import InboundMail
from followups.replies import placing
from followups.replies.placing import PlacedAlready

TOO_LATE = (
    "This reply was dealt with in another window meanwhile. What you typed is still here: saving "
    "writes it down as a further note."
)


@require_safe
def index(request: Request) -> HttpResponse:
    """All that wait, the oldest first."""
    waiting = InboundMail.objects.visible_to(request.user).unplaced().order_by("at", "pk")
    context = {"replies": waiting}
    return render_page(request, "followups/replies.html", "replies", context)


@require_http_methods(["GET", "HEAD", "POST"])
def place(request: Request, pk: int) -> HttpResponse:
    """The composer with the words of one, to say whom they are about."""
    mail = _own(request, pk)
    if not mail.is_unplaced and request.method != "POST":
        toast(request, "This has been dealt with already.")
        return see_other(request, reverse("followups:replies"))
    form = NoteForm(
        request.POST or None,
        user=request.user,
        now=request.now,
        chosen=[],
        initial={
            "text": mail.words,
            "when": "at",
            "at": f"{timezone.localtime(mail.said_at):%Y-%m-%dT%H:%M}",
            "channel": Channel.OTHER,
        },
    )
    draft = f"reply:{pk}"
    context = {"form": form, "draft": draft, "action": request.path}
    if request.method == "POST" and form.is_valid():
        key = form.cleaned_data["key"]
        try:
            note = placing.place(mail, form.told, now=request.now, promises=form.said, key=key)
        except PlacedAlready:
            form.add_error(None, TOO_LATE)
            return _composer(request, context | {"action": reverse("followups:note_new")}, 409)
        toast(request, "Noted.", undo=reverse("followups:note_undoing", args=[note.pk]))
        return draft_saved(see_other(request, reverse("followups:replies")), draft)
    return _composer(request, context, 422 if form.is_bound else 200)


def _composer(request: Request, context: dict[str, Any], status: int) -> HttpResponse:
    return render_page(request, "followups/note.html", "composer", context, status=status)


@require_POST
def remove(request: Request, pk: int) -> HttpResponse:
    placing.leave_out(_own(request, pk))
    toast(request, "Left out.", undo=reverse("followups:reply_return", args=[pk]))
    return follow(reverse("followups:replies"))


@require_POST
def bring_back(request: Request, pk: int) -> HttpResponse:
    placing.put_back(_own(request, pk))
    toast(request, "Here it is again.")
    return follow(reverse("followups:replies"))


def _own(request: Request, pk: int) -> InboundMail:
    return get_object_or_404(InboundMail.objects.visible_to(request.user), pk=pk)
