"""A person: the page about one contact, adding one, and changing what stands on the contact."""

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from contacts import known, rows, timeline
from contacts.forms.contact import (
    CardForm,
    CircleForm,
    ContactForm,
    NewContactForm,
    StoryForm,
    TagsForm,
)
from contacts.models import Company, Contact
from contacts.models.base import Conflict
from contacts.ways import to_reach
from crm.http import (
    Request,
    draft_saved,
    follow,
    is_fragment,
    render_page,
    see_other,
    toast,
)
from crm.looks import looked
from crm.models import User
from crm.policy import may_hand_over

MOST_PROMISES = 50
MOST_COMPANIES = 50


@require_safe
def show(request: Request, pk: int) -> HttpResponse:
    """The whole page; with `?before=`, the timeline from there on."""
    contact = find_contact(request.user, pk)
    after = timeline.Place.parse(request.GET.get("before", ""))
    year = request.today.year
    said = timeline.read(contact, request.user, today_year=year, after=after)
    context = {"contact": contact, "timeline": said, "is_further_on": after is not None}
    if after is not None and is_fragment(request):
        return render(request, "contacts/detail.html#timeline", context)
    note_look(request, contact)
    return render(request, "contacts/detail.html", context | _page(request, contact))


def find_contact(user: User, pk: int) -> Contact:
    """The contact with as much of it as `user` may see; else 404.

    But for its keeper that is the card, and what they wrote themself when they were its keeper.
    """
    contacts = Contact.objects.visible_to(user).present().with_face(user)
    contact = get_object_or_404(contacts.select_related("company", "keeper"), pk=pk)
    if contact.keeper_id == user.pk:
        return contact
    return known.with_keepsake(known.without_private(contact), user)


def note_look(request: Request, contact: Contact) -> None:
    """Let the keeper know who has opened a page about somebody they keep."""
    thing = f"contact:{contact.pk}"
    looked(viewer=request.user, whose_id=contact.keeper_id, thing=thing, now=request.now)


def find_own(user: User, pk: int) -> Contact:
    """The contact if `user` keeps it; else 404."""
    contacts = Contact.objects.kept_by(user).present().with_face(user)
    return get_object_or_404(contacts.select_related("company", "keeper"), pk=pk)


def _page(request: Request, contact: Contact) -> dict[str, Any]:
    user = request.user
    what = known.read(contact, user, request.today)
    promises = contact.promises.visible_to(user).open().soonest_first().select_related("owner")
    return {
        "is_keeper": what.is_keeper,
        "may_hand_over": may_hand_over(user, keeper_id=contact.keeper_id, team_id=contact.team_id),
        "died": what.died,
        "circle": rows.say_circle(contact),
        "matters": rows.matters(what) if what.is_keeper else rows.written(what),
        "reach": rows.reach(what),
        "place": rows.place(what),
        "ways": to_reach(what.details),
        "promises": promises[:MOST_PROMISES],
        "twin": _twin(request, contact),
    }


def _twin(request: Request, contact: Contact) -> Contact | None:
    """Somebody kept already who may be the same; named in the address after adding `contact`."""
    pk = request.GET.get("twin", "")
    if not pk.isascii() or not pk.isdecimal() or len(pk) > 18:
        return None
    others = Contact.objects.kept_by(request.user).present().exclude(pk=contact.pk)
    return others.select_related("company").filter(pk=int(pk)).first()


# --- Adding ----------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: Request) -> HttpResponse:
    """Somebody new. One who may be kept already is added all the same, and it is said."""
    if request.user.role is None:
        raise Http404  # who is in no team has no book
    data = request.POST if request.method == "POST" else None
    start = {"name": request.GET.get("name", "")[:200]}
    form = NewContactForm(data, keeper=request.user, today=request.today, initial=start)
    if data is None or not form.is_valid():
        context = {"form": form, "company_names": company_names(request.user)}
        status = 200 if data is None else 422
        return render_page(request, "contacts/new.html", "new-form", context, status=status)
    twins = form.twins()
    contact = form.save(request.now)
    toast(request, f"{contact} is in your book.", undo=removal_of(contact))
    url = contact.get_absolute_url() + (f"?twin={twins[0].pk}" if twins else "")
    return draft_saved(see_other(request, url), "contact:new")


def company_names(user: User) -> list[str]:
    """The first of the team's companies, for a box to choose from before anything is typed."""
    found = Company.objects.visible_to(user).present()
    return list(found.values_list("name", flat=True)[:MOST_COMPANIES])


def removal_of(contact: Contact) -> str:
    return reverse("contacts:removal", args=["contacts", contact.pk])


@require_safe
def twins(request: Request) -> HttpResponse:
    """Whom a half-filled form may mean that is kept already."""
    form = NewContactForm(request.GET, keeper=request.user, today=request.today)
    form.is_valid()
    return render(request, "contacts/twins.html", {"twins": form.twins()})


# --- Changing --------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def card(request: Request, pk: int) -> HttpResponse:
    """Name, company, title and how to say it."""
    return _change(request, find_own(request.user, pk), CardForm, "Who it is")


@require_http_methods(["GET", "HEAD", "POST"])
def circle(request: Request, pk: int) -> HttpResponse:
    return _change(request, find_own(request.user, pk), CircleForm, "How often to be in touch")


def _change(
    request: Request, contact: Contact, form_of: type[ContactForm], title: str
) -> HttpResponse:
    """A form in a sheet, or on a page of its own; saved, it leads back to the person."""
    key = f"contact:{contact.pk}:{title}"
    names = company_names(request.user) if form_of is CardForm else []
    context = {"contact": contact, "title": title, "draft": key, "company_names": names}
    form, status = submit(request, contact, form_of)
    if status == 303:
        toast(request, "Changed.")
        return draft_saved(see_other(request, contact.get_absolute_url()), key)
    template, partial = "contacts/change.html", "change-form"
    return render_page(request, template, partial, context | {"form": form}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def story(request: Request, pk: int) -> HttpResponse:
    """How they met: a piece of the page, changed in place."""
    contact = find_own(request.user, pk)
    return _change_in_place(request, contact, StoryForm, "How we met", rows.story_rows)


@require_http_methods(["GET", "HEAD", "POST"])
def tags(request: Request, pk: int) -> HttpResponse:
    """The keeper's tags on the contact, changed in place."""
    contact = find_own(request.user, pk)
    return _change_in_place(request, contact, TagsForm, "Tags", _tag_rows)


def _tag_rows(contact: Contact) -> list[rows.Row]:
    own = contact.tags.visible_to(contact.keeper)
    return rows.tag_rows(contact, [tag.name for tag in own])


def _change_in_place(
    request: Request,
    contact: Contact,
    form_of: type[ContactForm],
    title: str,
    rows_of: Callable[[Contact], list[rows.Row]],
) -> HttpResponse:
    """The same for what is a row of the page; an emptied one leaves nothing."""
    key = f"contact:{contact.pk}:{title}"
    form, status = (None, 303) if "row" in request.GET else submit(request, contact, form_of)
    if status == 303 and is_fragment(request):
        row = next(iter(rows_of(contact)), None)
        shown = {"row": row, "has_focus": True}
        return draft_saved(render(request, "contacts/pieces/row.html", shown), key)
    if status == 303:
        return draft_saved(follow(contact.get_absolute_url()), key)
    row = next(iter(rows_of(contact)), None)
    context = {
        "contact": contact,
        "form": form,
        "title": title,
        "draft": key,
        "key": row.key if row else "",
        "url": request.path,
    }
    return render_page(request, "contacts/piece.html", "piece-form", context, status=status)


def submit(
    request: Request, contact: Contact, form_of: type[ContactForm]
) -> tuple[ContactForm, int]:
    """The form and the status of its answer: 200 asked for, 303 saved, 409 conflict, 422 wrong."""
    who: dict[str, Any] = {"keeper": request.user, "today": request.today}
    if request.method != "POST":
        form = form_of(contact=contact, **who)
        form.take_focus()
        return form, 200
    form = form_of(request.POST, contact=contact, **who)
    if not form.is_valid():
        return form, 422
    try:
        form.save()
    except Conflict:
        form.face(form_of(contact=find_own(request.user, contact.pk), **who))
        return form, 409 if form.conflict else 303
    return form, 303
