"""Celery's side of Kept: `celery -A crm worker`, `celery -A crm beat`. Its settings are Django's.

Beat only says "look now"; what is due stands in the database (followups/ticking.py). So the queue
may lose anything and say anything twice.
"""

import os
from functools import partial
from typing import Any

from celery import Celery
from celery.contrib.django.task import DjangoTask
from django.conf import settings
from django.db import transaction
from kombu.pools import producers

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")

# A page does not wait for the broker: whoever is not told now finds out at the next tick.
HASTY = {"socket_timeout": 0.5, "socket_connect_timeout": 0.5, "max_retries": 0}


class Task(DjangoTask):  # type: ignore[type-arg]  # no generic when it runs
    """A task that may get lost, since the next tick finds whatever is still to be done."""

    def delay_on_commit(self, *args: Any, **kwargs: Any) -> None:  # type: ignore[override]
        """Once this transaction is committed, tell the workers, if there are any.

        What was committed stands whatever the broker says: its errors end in the log.
        """
        if settings.REDIS_URL:
            transaction.on_commit(partial(self._tell, args, kwargs), robust=True)

    def _tell(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        connection = self.app.connection_for_write(transport_options=HASTY)
        with producers[connection].acquire(block=True) as producer:
            self.apply_async(args, kwargs, producer=producer)


app = Celery("kept", task_cls=Task)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
