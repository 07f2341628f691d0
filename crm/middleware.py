"""What every request passes through: time zone, privacy of answers, fragments' redirects."""

import json
from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import resolve_url
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django_htmx.http import HttpResponseClientRedirect

from crm.http import is_fragment
from crm.models import User

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
        if not is_fragment(request):
            return response
        if self._leads_to_login(response):
            page = urlsplit(request.headers.get("HX-Current-URL", "/"))
            back = page.path + (f"?{page.query}" if page.query else "")
            return HttpResponseClientRedirect(_login_url(back))
        if isinstance(response, HttpResponse) and "HX-Redirect" not in response.headers:
            _say_toasts(request, response)
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
