"""Celery's scheduler, but for one thing: that stands still for as long as a clock is set back.

It goes by when it last ran. After the clock was set back by an hour, that lies an hour ahead.
"""

from datetime import timedelta
from typing import Any

import celery.beat

SLACK = timedelta(seconds=1)


class Scheduler(celery.beat.Scheduler):
    def tick(self, *args: Any, **options: Any) -> float:
        """Do what is due; returns in how many seconds to ask again."""
        entries = self.schedule.values()
        ahead = [e for e in entries if e.last_run_at and e.last_run_at > e.default_now() + SLACK]
        for entry in ahead:
            entry.last_run_at = entry.default_now()
        if ahead:
            self.populate_heap()
        pause: float = super().tick(*args, **options)
        return pause
