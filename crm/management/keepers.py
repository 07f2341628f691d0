"""Naming people to a command."""

from django.core.management.base import CommandError

from crm.models import User


def find_keeper(email: str) -> User:
    """The member with this address, in any case; raises `CommandError` with a sentence."""
    user = User.objects.select_related("member__team").filter(email__iexact=email).first()
    if user is None:
        raise CommandError(f"Nobody with the address {email} uses Kept.")
    if user.team_id is None:
        raise CommandError(f"{user} is in no team, and so keeps no book.")
    return user
