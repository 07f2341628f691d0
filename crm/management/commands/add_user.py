"""A member, ready to log in."""

import secrets
import sys
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email
from django.db import OperationalError, ProgrammingError, transaction

from crm.accounts import vouch_for
from crm.local_time import find_zone
from crm.models import Member, Team, User, default_zone
from crm.policy import Role
from crm.teams import found_team


class Command(BaseCommand):
    help = "Adds somebody who can log in at once, to a team or with one of their own."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", metavar="EMAIL", help="the address they log in with")
        parser.add_argument("--team", metavar="NAME", help="the team; founded if there is none")
        parser.add_argument(
            "--role",
            choices=[role.value for role in Role],
            help="else owner of a new team, seller in one that there is",
        )
        parser.add_argument("--time-zone", metavar="ZONE", help="like Europe/Berlin, or a city")
        parser.add_argument(
            "--password-stdin",
            action="store_true",
            help="read the password from standard input; else one is made and printed",
        )

    def handle(
        self,
        *,
        email: str,
        team: str | None,
        role: str | None,
        time_zone: str | None,
        password_stdin: bool,
        **options: Any,
    ) -> None:
        password = _typed_password() if password_stdin else secrets.token_urlsafe(12)
        try:
            user = _make_user(email, password, time_zone)
            with transaction.atomic():
                user.save()
                vouch_for(user)
                member = _make_member(user, team, role)
        except ValidationError as problem:
            raise CommandError(" ".join(problem.messages)) from problem
        except (OperationalError, ProgrammingError) as problem:
            raise CommandError("The database is not ready. Run manage.py migrate.") from problem
        self.stdout.write(f"{user.email} can log in, as {member.role} of {member.team}.")
        if not password_stdin:
            self.stdout.write(f"Password: {password}")


def _typed_password() -> str:
    try:
        password = sys.stdin.readline().rstrip("\r\n")
    except UnicodeDecodeError as problem:
        raise CommandError("The password on standard input is not text.") from problem
    if not password:
        raise CommandError("There was no password on standard input.")
    return password


def _make_user(email: str, password: str, time_zone: str | None) -> User:
    """The user, checked and not saved; raises ValidationError with a sentence for what is wrong."""
    email = email.strip().lower()
    try:
        validate_email(email)
    except ValidationError as problem:
        raise ValidationError(f"“{email}” is not an email address.") from problem
    if User.objects.filter(email=email).exists():
        raise ValidationError(f"There is somebody with the address {email} already.")
    zone = find_zone(time_zone) if time_zone is not None else default_zone()
    if not zone:
        raise ValidationError(f"“{time_zone}” is not a time zone Kept knows.")
    user = User(email=email, time_zone=zone)
    validate_password(password, user)
    user.set_password(password)
    user.full_clean()
    return user


def _make_member(user: User, team_name: str | None, role: str | None) -> Member:
    """Join the team of that name, or found it; ValidationError where that is not clear."""
    if team_name is None:
        member = found_team(user)
    else:
        name = _clean_team_name(team_name)
        teams = list(Team.objects.filter(name=name)[:2])
        if len(teams) > 1:
            raise ValidationError(f"There is more than one team called “{name}”.")
        if teams:
            return Member.objects.create(user=user, team=teams[0], role=role or Role.SELLER)
        member = found_team(user, name)
    if role:
        member.role = role
        member.save(update_fields=["role"])
    return member


def _clean_team_name(typed: str) -> str:
    name = " ".join(typed.split())
    if not name:
        raise ValidationError("A team needs a name.")
    Team(name=name).full_clean()
    return name
