"""Believable people in bulk, for measuring."""

from random import Random
from time import perf_counter
from typing import Any

from django.contrib.auth.hashers import make_password
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from crm.accounts import vouch_for
from crm.local_time import parse_at
from crm.models import Member, User
from crm.policy import Role
from crm.teams import found_team
from followups.inventing import invent_book

PASSWORD = "kept-demo"  # noqa: S105 - of invented people, and printed for everybody
TEAM_OF = 10
NOTES_EACH = 3


class Command(BaseCommand):
    help = "Makes keepers with invented people, notes and promises in bulk, for measuring."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--keepers", type=int, required=True, help="how many books")
        parser.add_argument("--contacts", type=int, required=True, help="people in each book")
        parser.add_argument("--notes", type=int, help="notes in each book (three a person)")
        parser.add_argument("--seed", type=int, default=1, help="another one, other people")
        parser.add_argument("--team-of", type=int, default=TEAM_OF, help="keepers in a team")
        parser.add_argument("--at", metavar="ISO", help="as if made at this instant")

    def handle(
        self,
        *args: Any,
        keepers: int,
        contacts: int,
        notes: int | None,
        seed: int,
        team_of: int,
        at: str | None,
        **options: Any,
    ) -> None:
        notes = contacts * NOTES_EACH if notes is None else notes
        if min(keepers, contacts, team_of) < 1 or notes < 0:
            raise CommandError(
                "Ask for at least one keeper and one contact, and for no negative notes."
            )
        first = User.objects.filter(email__regex=r"^bench\d+@kept\.example$").count()
        encoded = make_password(PASSWORD)
        for number in range(first + 1, first + keepers + 1):
            began = perf_counter()
            keeper = make_keeper(number, encoded, team_of)
            try:
                now = parse_at(at, keeper.zone) if at else timezone.now()
            except ValueError as problem:
                raise CommandError(str(problem)) from problem
            rng = Random(f"{seed}/{number}")  # noqa: S311 - nothing secret is drawn
            invent_book(keeper, contacts=contacts, notes=notes, rng=rng, at=now)
            seconds = perf_counter() - began
            self.stdout.write(
                f"{keeper.email} has {contacts:,} people and {notes:,} notes ({seconds:.1f} s)."
            )
        self.stdout.write(f"Everybody's password is {PASSWORD}.")


def make_keeper(number: int, password: str, team_of: int) -> User:
    """The member `bench<number>`; `team_of` make a team, of whom the first owns it."""
    keeper = User.objects.create(
        email=f"bench{number}@kept.example", name=f"Bench {number}", password=password
    )
    vouch_for(keeper)
    before = User.objects.filter(email=f"bench{number - (number - 1) % team_of}@kept.example")
    owner = before.exclude(pk=keeper.pk).select_related("member__team").first()
    if owner is None or owner.team_id is None:
        found_team(keeper)
    else:
        Member.objects.create(user=keeper, team_id=owner.team_id, role=Role.SELLER)
    return keeper
