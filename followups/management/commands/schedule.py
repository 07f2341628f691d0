"""One sweep of the scheduler."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from crm.local_time import parse_at
from followups.scheduling import sweep


class Command(BaseCommand):
    help = "One sweep of the scheduler: makes nudges of all that has fallen due, and says how many."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--at", metavar="ISO", help="as of this instant (UTC without offset)")

    def handle(self, *args: Any, at: str | None = None, **options: Any) -> None:
        try:
            now = parse_at(at, timezone.get_default_timezone()) if at else timezone.now()
        except ValueError as problem:
            raise CommandError(str(problem)) from problem
        swept = sweep(now)
        self.stdout.write(f"Made {swept.made} nudges; {swept.ended} ended by themselves.")
