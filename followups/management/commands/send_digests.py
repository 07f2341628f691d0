"""One sweep of the mail."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from crm.local_time import parse_at
from followups import delivering
from followups.models import Delivery

LABELS = {value: label.lower() for value, label in Delivery.State.choices}


class Command(BaseCommand):
    help = "One sweep of the mail: sends every digest that is due, and says what became of each."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--at", metavar="ISO", help="as of this instant (UTC without offset)")

    def handle(self, *args: Any, at: str | None = None, **options: Any) -> None:
        try:
            now = parse_at(at, timezone.get_default_timezone()) if at else timezone.now()
        except ValueError as problem:
            raise CommandError(str(problem)) from problem
        delivering.welcome(now)
        swept = delivering.sweep(now)
        said = ", ".join(f"{number} {LABELS[state]}" for state, number in sorted(swept.items()))
        self.stdout.write(f"Digests: {said or 'nothing was due'}.")
        if stopped := delivering.halt(now):
            self.stdout.write(f"No mail goes out: {stopped.answer}")
