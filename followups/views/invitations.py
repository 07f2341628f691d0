"""An invitation, as it is shown to whoever opened its link, and accepting it."""

from typing import cast

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from crm.carrying import carried_invitation
from crm.http import Request, follow, toast
from crm.models import Invitation
from crm.teams import TeamError
from followups import moving

PAGE = "team/invitation.html"


@require_http_methods(["GET", "HEAD", "POST"])
@login_not_required
def show(request: HttpRequest) -> HttpResponse:
    """The invitation that the browser carries; a POST accepts it."""
    is_known = request.user.is_authenticated
    if request.method == "POST" and not is_known:
        return redirect_to_login(reverse("followups:invitation"))
    invitation = carried_invitation(request, cast(Request, request).now)
    if invitation is None:
        return render(request, "team/invitation_closed.html", status=404)
    if not is_known:
        return render(request, PAGE, {"invitation": invitation})
    answer = _accept if request.method == "POST" else _ask
    return answer(cast(Request, request), invitation)


def _ask(request: Request, invitation: Invitation) -> HttpResponse:
    context = {
        "invitation": invitation,
        "obstacle": moving.obstacle(invitation, user=request.user),
        "luggage": moving.pack(request.user),
    }
    return render(request, PAGE, context)


def _accept(request: Request, invitation: Invitation) -> HttpResponse:
    try:
        moving.accept(invitation, user=request.user, at=request.now)
    except TeamError as problem:
        context = {"invitation": invitation, "obstacle": str(problem)}
        return render(request, PAGE, context, status=422)
    toast(request, f"Welcome to {invitation.team}.")
    return follow(reverse("team"))
