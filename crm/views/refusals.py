"""Answers to requests that were refused before any page could see them."""

import json

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import REASON_NO_CSRF_COOKIE
from django.shortcuts import render

from crm.http import is_fragment

TOO_OLD = "This page is older than your log-in. Reload it and try again; what you typed is kept."


@login_not_required
def too_old(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form without the secret that its page was given (CSRF): as a rule, another log-in since."""
    context = {"has_no_cookies": reason == REASON_NO_CSRF_COOKIE}
    response = render(request, "403_csrf.html", context, status=403)
    if is_fragment(request):
        response.headers["HX-Trigger"] = json.dumps({"toast": {"text": TOO_OLD, "tone": "owed"}})
    return response
