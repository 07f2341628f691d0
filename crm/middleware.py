"""What every request passes through: time zone, privacy of answers, fragments' redirects."""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django_htmx.http import HttpResponseClientRedirect

from crm.addresses import path_of
from crm.models import User
from crm.policy import Role

Answer = Callable[[HttpRequest], HttpResponseBase]


class PrivateResponses:
    """Nothing that was rendered for somebody is kept by anybody else."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        response.headers.setdefault("Cache-Control", "private, no-store")
        return response


class FragmentRedirects:
    """A fragment that needs a log-in sends the whole page there; what was said becomes a toast.

    Otherwise the log-in page would land inside a card.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        patch_vary_headers(response, ["HX-Request"])
        if not request.htmx:  # type: ignore[attr-defined]
            return response
        if self._leads_to_login(response):
            back = path_of(request.headers.get("HX-Current-URL", "/"))
            return HttpResponseClientRedirect(_login_url(back))
        leads_on = "HX-Redirect" in response.headers or "Location" in response.headers
        if isinstance(response, HttpResponse) and not leads_on:
            _say_toasts(request, response)  # else whatever comes next says them
        return response

    @staticmethod
    def _leads_to_login(response: HttpResponseBase) -> bool:
        location = urlsplit(response.headers.get("Location", ""))
        return response.status_code == 302 and location.path == resolve_url(settings.LOGIN_URL)


def _login_url(back: str) -> str:
    query = HttpRequest().GET.copy()
    query["next"] = back
    return f"{resolve_url(settings.LOGIN_URL)}?{query.urlencode()}"


def _say_toasts(request: HttpRequest, response: HttpResponse) -> None:
    said = [{"text": str(m), "undo": m.extra_tags} for m in messages.get_messages(request)]
    if said:
        events = json.loads(response.headers.get("HX-Trigger", "{}"))
        response.headers["HX-Trigger"] = json.dumps(events | {"toast": {"toasts": said}})


class UserTime:
    """Each request knows its instant, and the date on which it comes in for its user."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        now = timezone.now()
        request.now = now  # type: ignore[attr-defined]
        if not isinstance(request.user, User):
            return self.get_response(request)
        request.today = request.user.today(now)  # type: ignore[attr-defined]
        with timezone.override(request.user.zone):
            return self.get_response(request)


class ViewingAs:
    """Narrows one session to what another role sees, to look and no more; Stop ends it."""

    SESSION_KEY = "viewing_as"
    # What one may still send: that one has seen enough, and that one goes.
    STILL_SENT = frozenset(["view_as_stop", "account_logout"])

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        wanted = request.session.get(self.SESSION_KEY)
        if wanted and isinstance(request.user, User):
            request.user.viewing_as = Role(wanted)
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponseBase], *_: Any
    ) -> HttpResponse | None:
        """Refuse whatever might change something."""
        if request.method in {"GET", "HEAD", "OPTIONS"} or not _is_viewing_as(request):
            return None
        if request.resolver_match and request.resolver_match.view_name in self.STILL_SENT:
            return None
        if request.htmx:  # type: ignore[attr-defined]
            messages.info(request, "Nothing changes while you look as somebody else. Stop first.")
            return HttpResponse(status=403)
        return render(request, "team/viewing_refused.html", status=403)


def _is_viewing_as(request: HttpRequest) -> bool:
    """Also where the member has become less than the role since, and sees no more than they may."""
    return isinstance(request.user, User) and request.user.viewing_as is not None


class LogInFirst(LoginRequiredMiddleware):
    """Who must log in comes back to the page they were on, not to an address one only posts to."""

    def handle_no_permission(
        self, request: HttpRequest, view_func: Callable[..., HttpResponseBase]
    ) -> HttpResponseRedirect:
        is_read = request.method in {"GET", "HEAD"}
        here = request.get_full_path() if is_read else request.headers.get("Referer", "/")
        back = path_of(here)
        return redirect_to_login(back, self.get_login_url(view_func), REDIRECT_FIELD_NAME)


class RefusedForms:
    """allauth's pages say by their status, too, that a form was refused."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_template_response(
        self, request: HttpRequest, response: TemplateResponse
    ) -> TemplateResponse:
        if response.status_code == 200:
            response.status_code = _status_of((response.context_data or {}).get("form"))
        return response


def _status_of(form: Any) -> int:
    if not isinstance(form, BaseForm) or not form.errors:
        return 200
    return 429 if any(form.has_error(name, _TOO_OFTEN) for name in form.errors) else 422


_TOO_OFTEN = "too_many_login_attempts"
