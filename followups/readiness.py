"""Whether Kept can work, and if not, what is in the way. Never raises; safe to show to anybody."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import redis
from django.conf import settings
from django.db import DatabaseError

from crm.models import Heartbeat
from followups.ticking import DUTIES

# So long after its time, and something keeps failing.
OVERDUE = timedelta(minutes=15)


@dataclass(slots=True)
class Readiness:
    """What answers, since when nothing ticked, what has waited longest; `red` names the faults."""

    database: bool = False
    broker: bool | None = None
    last_tick: datetime | None = None
    oldest_due: dict[str, datetime] = field(default_factory=dict)
    red: list[str] = field(default_factory=list)

    @property
    def is_ready(self) -> bool:
        return not self.red


def look(now: datetime) -> Readiness:
    """All of it, as of `now`."""
    seen = Readiness(broker=broker_answers() if settings.REDIS_URL else None)
    if seen.broker is False:
        seen.red.append("broker")
    try:
        _look_up(seen, now)
    except DatabaseError:
        seen.red.append("database")
    return seen


def broker_answers() -> bool:
    try:
        with redis.Redis.from_url(
            settings.REDIS_URL, socket_connect_timeout=1, socket_timeout=1, retry=None
        ) as broker:
            return bool(broker.ping())
    except (redis.RedisError, OSError, ValueError):
        return False


def _look_up(seen: Readiness, now: datetime) -> None:
    seen.last_tick = Heartbeat.last(Heartbeat.TICK)
    seen.database = True
    if Heartbeat.is_stale(seen.last_tick, now):
        seen.red.append("tick")
    for duty in DUTIES:
        since = duty.oldest(now)
        if since is not None:
            seen.oldest_due[duty.name] = since
        if since is not None and now - since > OVERDUE:
            seen.red.append(duty.name)
