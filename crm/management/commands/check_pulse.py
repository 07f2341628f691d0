"""Whether the scheduler is alive, for the health checks of containers."""

import os
import signal
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError
from django.utils import timezone

from crm.models import Heartbeat


class Command(BaseCommand):
    help = "Exits 1 when nothing has ticked or started for five minutes."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--end", metavar="PID", type=int, help="then end this process, too")

    def handle(self, *args: Any, end: int | None = None, **options: Any) -> None:
        try:
            last = Heartbeat.last(Heartbeat.TICK, Heartbeat.START)
        except DatabaseError as problem:
            raise CommandError(f"The database is away: {problem}") from problem
        when = f"{last:%Y-%m-%d %H:%M} UTC" if last else ""
        if not Heartbeat.is_stale(last, timezone.now()):
            self.stdout.write(f"Last run: {when}.")
            return
        if end is not None:
            os.kill(end, signal.SIGTERM)
        raise CommandError(f"Nothing has run since {when}." if last else "Nothing has run yet.")
