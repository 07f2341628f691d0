"""The brief: one page to read at the door, on a phone or on paper."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from contacts import brief, known
from contacts.views.person import find_contact, note_look
from contacts.ways import to_reach
from crm.http import Request

MOST_PROMISES = 10


@require_safe
def show(request: Request, pk: int) -> HttpResponse:
    user = request.user
    contact = find_contact(user, pk)
    note_look(request, contact)
    what = known.read(contact, user, request.today)
    # One's word is never left out, whatever it touches on.
    promises = contact.promises.visible_to(user).open().soonest_first()[:MOST_PROMISES]
    context = {
        "contact": contact,
        "brief": brief.of(what, user),
        "promises": promises,
        "died": what.died,
        "is_keeper": what.is_keeper,
        "ways": to_reach(what.details),
    }
    return render(request, "contacts/brief.html", context)
