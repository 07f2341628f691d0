"""The scheduler of an installation without Redis: one process that ticks every minute."""

import logging
import signal
import threading
import time
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import InterfaceError, OperationalError, close_old_connections
from django.utils import timezone

from crm.local_time import parse_at
from crm.models import Heartbeat
from followups import ticking
from followups.ticking import Duty

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Does what falls due, every minute until Ctrl-C; with --at, once as of that instant."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--at", metavar="ISO", help="as of this instant (UTC without offset)")

    def handle(self, *args: Any, at: str | None = None, **options: Any) -> None:
        if at is None:
            Scheduler().run()
            return
        try:
            now = parse_at(at, timezone.get_default_timezone())
        except ValueError as problem:
            raise CommandError(str(problem)) from problem
        for name, ids in ticking.tick(now).items():
            self.stdout.write(f"{name}: {ids} due")


class Scheduler:
    """Ticks until it is told to stop; whatever goes wrong meanwhile is tried again next time."""

    def __init__(self) -> None:
        self.stopped = threading.Event()

    def run(self) -> None:
        signal.signal(signal.SIGTERM, self.stop)
        signal.signal(signal.SIGINT, self.stop)
        while not self.stopped.is_set():
            self.tick()
            self.stopped.wait(seconds_to_next(settings.TICK_SECONDS))

    def stop(self, *_: object) -> None:
        self.stopped.set()

    def tick(self) -> None:
        close_old_connections()
        try:
            ticking.tick(timezone.now(), hand=self.act)
        except (OperationalError, InterfaceError) as problem:
            logger.error("The database is away: %s", str(problem).strip())
        except Exception:
            logger.exception("A tick failed.")
        close_old_connections()

    def act(self, duty: Duty, ids: list[int], _: datetime) -> None:
        """One by one, to stop between any two; the trouble of one duty is not that of the next."""
        for one in ids:
            if self.stopped.is_set():
                return
            try:
                ticking.act_here(duty, [one], timezone.now())
            except (OperationalError, InterfaceError):
                raise
            except Exception:
                logger.exception("%s failed for %s.", duty.name, one)
        Heartbeat.beat(Heartbeat.TICK, timezone.now())


def seconds_to_next(every: int) -> float:
    """Until the clock shows a whole multiple of `every` seconds: whole minutes, as people do."""
    return every - time.time() % every
