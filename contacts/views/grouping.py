"""Changing circle and tags of the people chosen in the list, and taking it back."""

import secrets
from dataclasses import asdict

from django.http import HttpResponse, QueryDict
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.views.decorators.http import require_POST

from contacts.forms.filters import PeopleFilters
from contacts.forms.grouping import GroupingForm
from contacts.grouping import Grouped, group, ungroup
from contacts.models import Circle
from contacts.views.listing import list_page
from crm.http import Request, see_other, toast
from crm.templatetags.ui import count

# The latest change is kept in the session, under the token that its Undo carries.
_KEPT_AS = "grouped"


@require_POST
def create(request: Request) -> HttpResponse:
    form = GroupingForm(request.POST, keeper=request.user)
    filters = PeopleFilters(QueryDict(request.POST.get("address", "").removeprefix("?")))
    if not form.is_valid():
        return list_page(request, filters, posted=request.POST, status=422)
    done = group(contact_ids=form.chosen(), by=request.user, today=request.today, **form.change())
    token = secrets.token_urlsafe(6)
    request.session[_KEPT_AS] = {"token": token, "address": filters.address(), **asdict(done)}
    toast(request, _in_words(form, done), undo=reverse("contacts:grouping_undoing", args=[token]))
    return see_other(request, reverse("contacts:list") + filters.address())


@require_POST
def undo(request: Request, token: str) -> HttpResponse:
    kept = request.session.pop(_KEPT_AS, {"token": ""})
    if not constant_time_compare(kept.pop("token"), token):
        toast(request, "That can no longer be taken back.")
        return see_other(request, reverse("contacts:list"))
    address = kept.pop("address")
    ungroup(Grouped(**kept), by=request.user, today=request.today)
    toast(request, "Taken back.")
    return see_other(request, reverse("contacts:list") + address)


def _in_words(form: GroupingForm, done: Grouped) -> str:
    change = form.change()
    did = []
    if change["circle"]:
        did.append(f"moved to {Circle(change['circle']).label.lower()}")
    elif change["circle"] is not None:
        did.append("taken out of their circles")
    did += [f"tagged “{name}”" for name in change["add_tags"]]
    did += [f"“{tag}” taken off" for tag in change["remove_tags"]]
    return f"{count(done.people, 'person', 'people')} {', '.join(did)}."
