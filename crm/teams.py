"""Acts on teams: founding one, inviting, joining, changing roles."""

from datetime import datetime

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse

from crm.models import Invitation, Member, Team, User
from crm.policy import Role

NOT_YOURS = "This invitation went to another address than yours."


class TeamError(ValueError):
    """Says in a sentence why something cannot be done to a team."""


@transaction.atomic
def found_team(user: User, name: str = "") -> Member:
    """Make `user` the owner of a new team of one."""
    team = Team.objects.create(name=name or f"{user.first_name or user.email}’s team"[:120])
    return Member.objects.create(user=user, team=team, role=Role.OWNER)


@transaction.atomic
def invite(*, email: str, role: Role, by: User, at: datetime) -> Invitation:
    """An open invitation into `by`'s team, yet to be mailed; asking again renews its link.

    Raises `TeamError` when the address already belongs to a member of the team.
    """
    email = email.strip().lower()
    team = lock_team(by.member.team_id)
    if team.members.filter(user__email=email).exists():
        raise TeamError(f"{email} is already in your team.")
    team.invitations.filter(email=email, accepted_at=None).delete()
    return team.invitations.create(email=email, role=role, invited_by=by, sent_at=at)


def mail_invitation(invitation: Invitation) -> None:
    """Hand the invitation's link over to the mail server; OSError when that cannot be done."""
    context = {
        "invitation": invitation,
        "url": settings.BASE_URL + reverse("invitation", args=[invitation.token]),
        "days": Invitation.LASTS.days,
    }
    body = render_to_string("email/invitation.txt", context)
    EmailMessage("You are invited to a team on Kept", body, to=[invitation.email]).send()


@transaction.atomic
def join(invitation: Invitation, *, user: User, at: datetime) -> Member:
    """Make `user`, who is in no team, a member by their invitation; TeamError as `use_up`."""
    use_up(invitation, user=user, at=at)
    return Member.objects.create(user=user, team_id=invitation.team_id, role=invitation.role)


def use_up(invitation: Invitation, *, user: User, at: datetime) -> None:
    """Take the invitation as accepted by `user`: once, in time, and by whom it was meant for.

    Raises `TeamError` else. Of many who try at the same time, one succeeds.
    """
    if user.email.lower() != invitation.email.lower():
        raise TeamError(NOT_YOURS)
    if not Invitation.objects.open(at).filter(pk=invitation.pk).update(accepted_at=at):
        raise TeamError("This invitation is not open any more. Ask for a new one.")


@transaction.atomic
def change_role(member: Member, role: Role) -> None:
    """Raises `TeamError` rather than leave the team without an owner."""
    team = lock_team(member.team_id)
    owners = team.members.filter(role=Role.OWNER, user__is_active=True)
    is_last_owner = owners.filter(pk=member.pk).exists() and owners.count() == 1
    if is_last_owner and role is not Role.OWNER:
        raise TeamError("A team needs an owner. Make somebody else an owner first.")
    member.role = role
    member.save(update_fields=["role"])


def lock_team(team_id: int) -> Team:
    """The team, for this transaction alone: what is counted in it stays so."""
    return Team.objects.select_for_update().get(pk=team_id)
