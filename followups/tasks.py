"""What workers do. Tasks take ids, claim what they act on, and may come twice or never."""

import logging

from celery.signals import beat_init, worker_ready
from django.conf import settings
from django.db import DatabaseError
from django.utils import timezone

from crm.celery import app
from crm.models import Heartbeat
from followups import ticking
from followups.ticking import Duty

logger = logging.getLogger(__name__)


@app.task
def tick() -> None:
    """Look up what is due and tell the workers; that it ran shows that the queue runs."""
    found = ticking.tick(timezone.now(), hand=lambda duty, ids, _: hand_to_workers(duty, ids))
    logger.info("Due: %s", found)


@app.task
def carry_out(duty: str, ids: list[int]) -> None:
    """Do one of `ticking.DUTIES` for `ids`."""
    logger.info("%s: %s", duty, ticking.duty_named(duty).act(ids, timezone.now()))


def hand_to_workers(duty: Duty, ids: list[int]) -> None:
    """What is still to be done when the next tick comes, that tick hands out again."""
    carry_out.apply_async((duty.name, ids), expires=settings.TOLD_AGAIN_WITHIN)


@worker_ready.connect
@beat_init.connect
def note_start(**_: object) -> None:
    """Who has just started is not to blame for ticks that are missing (see `check_pulse`)."""
    try:
        Heartbeat.beat(Heartbeat.START, timezone.now())
    except DatabaseError as problem:
        logger.error("The start could not be written down: %s", problem)
