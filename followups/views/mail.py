"""Where the links of a mail lead. Nothing changes by looking: each page asks, and posts.

They work signed out: the link is for one act of one user, and its page says a name and a question,
nothing else of the book. Whoever is logged in as somebody else sees no more than that it leads
nowhere.
"""

from typing import cast

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from contacts.models import Contact
from crm.http import Request, follow
from crm.models import User
from followups import mail_links, pressing
from followups.mail_links import BadLink, Button, Expired
from followups.models import Delivery, Press

NOWHERE = "followups/mail/nowhere.html"


@require_http_methods(["GET", "HEAD", "POST"])
@login_not_required
def act(request: HttpRequest, act: str, token: str) -> HttpResponse:
    """Ask whether to do what a button says; by POST, do it, and look at this page again."""
    now = cast(Request, request).now
    try:
        button = mail_links.read_act(act, token, today=now.date())
    except Expired:
        return render(request, "followups/mail/expired.html", status=410)
    except BadLink:
        return _nowhere(request)
    found = pressing.find(button)
    if found is None or _is_somebody_else(request, button.user_id):
        return _nowhere(request)
    user, contact = found
    if request.method == "POST":
        pressing.press(button, user, contact, now=now)
        return follow(request.path)
    return _ask(request, button, user, contact)


def _ask(request: HttpRequest, button: Button, user: User, contact: Contact) -> HttpResponse:
    context = {
        "contact": contact,
        "act": Press.Act(button.act),
        "is_spent": pressing.is_spent(button, user, contact, cast(Request, request).now),
        "is_known": request.user.is_authenticated,
    }
    return render(request, "followups/mail/act.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@csrf_exempt  # mail programs post this by themselves, with nothing but the link (RFC 8058)
@login_not_required
def off(request: HttpRequest, token: str) -> HttpResponse:
    """Ask whether to end one kind of mail; by POST, end it, however often it is sent."""
    now = cast(Request, request).now
    try:
        user_id, named = mail_links.read_unsubscribe(token, today=now.date())
    except BadLink:
        return _nowhere(request)
    kind = Delivery.Kind(named)
    users = User.objects.filter(pk=user_id, is_active=True)
    if request.method == "POST":
        users.update(**{kind.wish: False})
    user = users.first()
    if user is None:
        return _nowhere(request)
    context = {"kind": kind, "is_off": not getattr(user, kind.wish)}
    return render(request, "followups/mail/off.html", context)


def _is_somebody_else(request: HttpRequest, user_id: int) -> bool:
    return request.user.is_authenticated and request.user.pk != user_id


def _nowhere(request: HttpRequest) -> HttpResponse:
    return render(request, NOWHERE, status=404)
