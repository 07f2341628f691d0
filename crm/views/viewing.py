"""Looking at Kept as another role sees it."""

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from crm.http import Request, follow
from crm.middleware import ViewingAs
from crm.policy import Role, may_view_as


@require_POST
def start(request: Request, role: str) -> HttpResponse:
    if role not in set(Role) or not may_view_as(request.user.role, Role(role)):
        raise Http404
    request.session[ViewingAs.SESSION_KEY] = role
    return follow("/")


@require_POST
def stop(request: Request) -> HttpResponse:
    request.session.pop(ViewingAs.SESSION_KEY, None)
    return follow(reverse("team"))
