"""Acts on teams: founding one, inviting, joining."""

from datetime import datetime

from django.db import transaction

from crm.models import Invitation, Member, Team, User
from crm.policy import Role


class TeamError(ValueError):
    """Says in a sentence why something cannot be done to a team."""


@transaction.atomic
def found_team(user: User, name: str = "") -> Member:
    """Make `user` the owner of a new team of one."""
    team = Team.objects.create(name=name or f"{user.first_name or user.email}’s team")
    return Member.objects.create(user=user, team=team, role=Role.OWNER)


@transaction.atomic
def invite(*, email: str, role: Role, by: User, at: datetime) -> Invitation:
    """An open invitation into `by`'s team; asking again renews its link.

    Raises `TeamError` when the address already belongs to a member of the team.
    """
    email = email.strip().lower()
    if Member.objects.filter(team=by.team_id, user__email=email).exists():
        raise TeamError(f"{email} is already in your team.")
    Invitation.objects.filter(team=by.team_id, email=email, accepted_at=None).delete()
    return Invitation.objects.create(
        team_id=by.team_id, email=email, role=role, invited_by=by, sent_at=at
    )
