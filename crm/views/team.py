"""The team: who is in it, who is invited, and what its owner decides."""

import logging
from typing import Any

from allauth.core.ratelimit import consume
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from crm.forms import InvitationForm, RoleForm, TeamForm
from crm.http import Request, follow, is_fragment, render_page, toast
from crm.models import Invitation, Member, Team
from crm.policy import VIEWS_AS, Role, may_manage_team, table
from crm.teams import TeamError, change_role, invite, mail_invitation

logger = logging.getLogger(__name__)

PAGE = "team/team.html"


class TooManyInvitations(TeamError):
    """More mails to strangers than one member may cause in an hour (ACCOUNT_RATE_LIMITS)."""


@require_safe
def show(request: Request) -> HttpResponse:
    return _page(request, "team", _team(request))


@require_POST
def name(request: Request) -> HttpResponse:
    team = _managed_team(request)
    form = TeamForm(request.POST, instance=team)
    if not form.is_valid():
        return _page(request, "team-name", _team(request), status=422, naming=form)
    form.save()
    toast(request, "Saved.")
    return _done(request, "team-name", team)


@require_POST
def invitations(request: Request) -> HttpResponse:
    """Invite somebody by mail."""
    team = _managed_team(request)
    form = InvitationForm(request.POST)
    if not form.is_valid():
        return _page(request, "team-invitations", team, status=422, inviting=form)
    try:
        _invite(request, form.cleaned_data["email"], form.cleaned_data["role"])
    except TeamError as problem:
        form.add_error("email", str(problem))
        status = 429 if isinstance(problem, TooManyInvitations) else 422
        return _page(request, "team-invitations", team, status=status, inviting=form)
    return _done(request, "team-invitations", team)


@require_POST
def resend(request: Request, pk: int) -> HttpResponse:
    """Send an invitation again, with a new link; the old one is dead from then on."""
    team = _managed_team(request)
    invitation = _waiting(request, pk)
    _invite_or_say_why(request, invitation.email, Role(invitation.role))
    return _done(request, "team-invitations", team)


@require_POST
def withdraw(request: Request, pk: int) -> HttpResponse:
    team = _managed_team(request)
    invitation = _waiting(request, pk)
    invitation.delete()
    request.session["withdrawn"] = [invitation.email, invitation.role]
    toast(
        request,
        f"Withdrawn. The link that {invitation.email} has is dead.",
        undo=reverse("team_invitation_return"),
    )
    return _done(request, "team-invitations", team)


@require_POST
def invite_again(request: Request) -> HttpResponse:
    """Take the last withdrawal back, by a new link: the old one may not come alive again."""
    team = _managed_team(request)
    if "withdrawn" not in request.session:
        raise Http404
    email, role = request.session.pop("withdrawn")
    _invite_or_say_why(request, email, Role(role))
    return _done(request, "team-invitations", team)


@require_POST
def role(request: Request, pk: int, before: str = "") -> HttpResponse:
    """Make a member something else, or again what they were `before`."""
    team = _managed_team(request)
    member = get_object_or_404(Member.objects.visible_to(request.user), pk=pk)
    form = RoleForm({"role": before} if before else request.POST)
    if not form.is_valid():
        return _page(request, "team-members", team, status=422, refused=form.errors["role"])
    undo = reverse("team_role_return", args=[pk, member.role])
    try:
        change_role(member, form.cleaned_data["role"])
    except TeamError as problem:
        return _page(request, "team-members", team, status=422, refused=[str(problem)])
    is_own = member.user_id == request.user.pk
    toast(request, f"{member.user} is now {member.role}.", undo="" if is_own else undo)
    return follow(reverse("team")) if is_own else _done(request, "team-members", team)


def _team(request: Request) -> Team:
    if request.user.role is None:
        raise Http404
    return request.user.member.team


def _managed_team(request: Request) -> Team:
    """The user's team, if it is theirs to manage; to others its forms do not exist."""
    if not may_manage_team(request.user.role):
        raise Http404
    return request.user.member.team


def _waiting(request: Request, pk: int) -> Invitation:
    visible = Invitation.objects.visible_to(request.user)
    return get_object_or_404(visible, pk=pk, accepted_at=None)


def _invite_or_say_why(request: Request, email: str, role: Role) -> None:
    try:
        _invite(request, email, role)
    except TeamError as problem:
        toast(request, str(problem))


def _invite(request: Request, email: str, role: Role) -> None:
    if not consume(request, action="invite"):
        raise TooManyInvitations("That were many in an hour. Wait a while, then send the next.")
    invitation = invite(email=email, role=role, by=request.user, at=request.now)
    try:
        mail_invitation(invitation)
    except OSError as problem:
        logger.error("An invitation could not be handed over: %s", type(problem).__name__)
        toast(request, "The mail could not be sent. Send it again in a few minutes.")
    else:
        toast(request, f"Invited. The mail to {invitation.email} is on its way.")


def _done(request: Request, partial: str, team: Team) -> HttpResponse:
    if is_fragment(request):
        return _page(request, partial, team)
    return follow(reverse("team"))


def _page(
    request: Request, partial: str, team: Team, *, status: int = 200, **bound: Any
) -> HttpResponse:
    user = request.user
    members = Member.objects.visible_to(user).select_related("user")
    waiting = Invitation.objects.visible_to(user).filter(accepted_at=None)
    context = {
        "team": team,
        "manages": may_manage_team(user.role),
        "sees": table(),
        "views_as": VIEWS_AS[user.role] if user.role else [],
        "members": members.order_by("user__name", "user__email"),
        "waiting": waiting.select_related("invited_by").order_by("-sent_at", "-pk"),
        "expired_before": request.now - Invitation.LASTS,
        "roles": Member.ROLES,
        "naming": TeamForm(instance=team),
        "inviting": InvitationForm(),
    }
    return render_page(request, PAGE, partial, context | bound, status=status)
