"""Pieces of what is known of a contact: each is added and changed by itself, in place."""

from typing import Any

from django.db import IntegrityError, transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods
from django_htmx.http import trigger_client_event

from contacts import rows
from contacts.forms.piece import PieceForm
from contacts.forms.pieces import PIECE_FORMS
from contacts.models import Contact
from contacts.models.base import Conflict
from contacts.pieces import Piece
from contacts.views.person import find_own
from crm.http import Request, draft_saved, follow, is_fragment, render_page, see_other


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: Request, pk: int, slug: str) -> HttpResponse:
    """One more piece; `?kind=` says of which kind it is to be, where there are several."""
    form_of, contact = _form_of(slug), find_own(request.user, pk)
    piece = form_of.blank(contact, request.user, request.today)
    form = _form(request, form_of, piece, initial={"kind": request.GET.get("kind", "")})
    status = _submit(request, form)
    draft = f"{contact.pk}:{slug}"
    if status == 303:
        return _saved(request, form.piece, draft)
    return _show_form(request, form, status, {"contact": contact, "draft": draft})


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: Request, pk: int, slug: str, piece_pk: int) -> HttpResponse:
    """The form of a stored piece; with `?row` the piece as it is, for who thinks better of it."""
    form_of, contact = _form_of(slug), find_own(request.user, pk)
    piece = _stored(request, form_of, contact, piece_pk)
    draft = f"{slug}:{piece_pk}"
    if request.method != "POST" and "row" in request.GET:
        return _saved(request, piece, draft)
    form = _form(request, form_of, piece)
    group = form.group
    status = _submit(request, form)
    if status == 409:
        stored = _stored(request, form_of, contact, piece_pk)
        form.face(form_of(piece=stored, keeper=request.user, today=request.today))
        status = 409 if form.conflict else 303
    if status == 303 and form.group != group:
        return draft_saved(see_other(request, contact.get_absolute_url()), draft)
    if status == 303:
        return _saved(request, piece, draft)
    removal = reverse("contacts:removal", args=[form_of.removed_as, piece_pk])
    context = {"contact": contact, "draft": draft, "removal": removal, "key": f"{slug}-{piece_pk}"}
    return _show_form(request, form, status, context)


def _form_of(slug: str) -> type[PieceForm]:
    if slug not in PIECE_FORMS:
        raise Http404
    return PIECE_FORMS[slug]


def _stored(request: Request, form_of: type[PieceForm], contact: Contact, pk: int) -> Any:
    piece = get_object_or_404(form_of.stored(request.user).filter(contact=contact), pk=pk)
    piece.contact = contact
    return piece


def _form(request: Request, form_of: type[PieceForm], piece: Piece, **options: Any) -> PieceForm:
    data = request.POST if request.method == "POST" else None
    return form_of(data, piece=piece, keeper=request.user, today=request.today, **options)


def _submit(request: Request, form: PieceForm) -> int:
    """The status of the answer: 200 asked for, 303 saved, 409 conflict, 422 wrong."""
    if not form.is_bound:
        return 200
    if not form.is_valid():
        return 422
    try:
        with transaction.atomic():
            form.save(request.now)
    except Conflict:
        return 409
    except IntegrityError:  # the same, sent twice
        if form.was_sent():
            return 303
        form.add_error(None, "This is there already.")
        return 422
    return 303


def _saved(request: Request, piece: Piece, draft: str) -> HttpResponse:
    """The row that stands in the form's place; without htmx, the page that holds it."""
    row = rows.row_of(piece, request.today)
    if not is_fragment(request):
        return draft_saved(follow(f"{piece.contact.get_absolute_url()}#{row.key}"), draft)
    context = {"row": row, "contact": piece.contact, "has_focus": True}
    response = render(request, "contacts/pieces/row.html", context)
    if request.method == "POST":
        trigger_client_event(response, "person-changed")
    return draft_saved(response, draft)


def _show_form(
    request: Request, form: PieceForm, status: int, context: dict[str, Any]
) -> HttpResponse:
    form.take_focus()
    context |= {"form": form, "title": form.heading, "url": request.path}
    return render_page(request, "contacts/piece.html", "piece-form", context, status=status)
