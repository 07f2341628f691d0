"""What views share: the request's type, pages that are also fragments, redirects, toasts."""

from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.contrib.messages.storage.cookie import CookieStorage
from django.contrib.messages.storage.fallback import FallbackStorage
from django.contrib.messages.storage.session import SessionStorage
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django_htmx.http import HttpResponseClientRedirect
from django_htmx.middleware import HtmxDetails

from crm.models import User


class Request(HttpRequest):
    """A signed-in request: whose it is, the instant it came in, and that user's date."""

    user: User
    htmx: HtmxDetails
    now: datetime
    today: date


def is_fragment(request: HttpRequest) -> bool:
    """Whether htmx asks for a part of the page rather than for all of it.

    A toast's Undo asks for all: it may be pressed on any page, and puts its `#main` in place.
    """
    htmx: HtmxDetails = request.htmx  # type: ignore[attr-defined]
    wants_all = htmx.boosted or htmx.history_restore_request or htmx.target == "main#main"
    return bool(htmx) and not wants_all


def render_page(
    request: HttpRequest,
    template: str,
    partial: str,
    context: dict[str, Any] | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    """The page, or to htmx only its `partial`: one URL, two sizes.

    A refused form keeps status 422 in both.
    """
    name = f"{template}#{partial}" if is_fragment(request) else template
    response = render(request, name, context, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response


def see_other(request: HttpRequest, url: str) -> HttpResponse:
    """Send the browser to `url` after a post (303), by header when htmx is asking."""
    if is_fragment(request):
        return HttpResponseClientRedirect(url)
    return follow(url)


def follow(url: str) -> HttpResponse:
    """Answer a post with the page at `url` (303); htmx takes its part from that page."""
    response = HttpResponseRedirect(url)
    response.status_code = 303
    return response


def draft_saved(response: HttpResponse, key: str) -> HttpResponse:
    """Tell the browser that what it kept as the draft `key` is safe with the server now."""
    response.set_cookie("draft_saved", key, max_age=300, samesite="Lax")
    return response


def toast(request: HttpRequest, text: str, *, undo: str = "") -> None:
    """Say `text` on this page or the next; `undo` is the URL that takes it back by POST."""
    messages.success(request, text, extra_tags=undo)


class _OwnCookie(CookieStorage):
    """Messages in a cookie that is signed for one user; to anybody else it says nothing."""

    def _get(self, *args: Any, **options: Any) -> Any:
        self._sign_for_user()
        return super()._get(*args, **options)  # type: ignore[misc]  # not in the stubs

    def _store(self, *args: Any, **options: Any) -> Any:
        self._sign_for_user()
        return super()._store(*args, **options)  # type: ignore[misc]  # not in the stubs

    def _sign_for_user(self) -> None:
        whose = f"{self.key_salt} {self.request.user.pk}"
        self.signer = signing.get_cookie_signer(salt=whose)


class OwnMessages(FallbackStorage):
    """What was said to one and not read yet is not read by the next to log in at this browser."""

    storage_classes = (_OwnCookie, SessionStorage)
