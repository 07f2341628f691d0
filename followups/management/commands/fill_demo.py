"""The demo book."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from crm.local_time import parse_at
from followups.demo.book import read_keepers
from followups.demo.loading import PASSWORD, fill_demo


class Command(BaseCommand):
    help = (
        "Fills in the demo: four log-ins, two colleagues and their books of invented people, "
        "if they are not there."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--at", metavar="ISO", help="as of this instant (UTC without offset)")

    def handle(self, *args: Any, at: str | None = None, **options: Any) -> None:
        try:
            now = parse_at(at, timezone.get_default_timezone()) if at else timezone.now()
        except ValueError as problem:
            raise CommandError(str(problem)) from problem
        report = fill_demo(at=now)
        if report.contacts:
            self.stdout.write(
                f"Made {report.contacts} people with {report.notes} notes "
                f"and {report.promises} promises."
            )
        else:
            self.stdout.write("The demo book is there already; nothing was changed.")
        for keeper in read_keepers():
            self.stdout.write(f"{keeper.email:22} {keeper.name}, {keeper.role} of {keeper.team}")
        self.stdout.write(f"The password of all four is {PASSWORD}.")
