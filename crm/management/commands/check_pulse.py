"""Whether the scheduler is alive, for the health checks of containers."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from django.utils import timezone

from crm.models import Heartbeat


class Command(BaseCommand):
    help = "Exits 1 when nothing has ticked or started for five minutes: a restart may help then."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            last = Heartbeat.last(Heartbeat.TICK, Heartbeat.START)
        except DatabaseError as problem:
            raise CommandError(f"The database is away: {problem}") from problem
        if last is None:
            raise CommandError("Nothing has run yet.")
        if Heartbeat.is_stale(last, timezone.now()):
            raise CommandError(f"Nothing has run since {last:%Y-%m-%d %H:%M} UTC.")
        self.stdout.write(f"Last run at {last:%Y-%m-%d %H:%M} UTC.")
