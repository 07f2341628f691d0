"""Redis as the broker, but for one thing: there, what is no message would end the worker.

Such a thing is taken off the queue, dropped, and said in the log, without what it holds.
"""

import logging
from json import JSONDecodeError
from typing import Any

from kombu.transport import redis

logger = logging.getLogger(__name__)

_BROKEN = (AttributeError, KeyError, TypeError, ValueError)


class Channel(redis.Channel):
    def _brpop_read(self, **options: Any) -> Any:
        """Read the next message, if it can be read; it is off the queue in any case."""
        try:
            return super()._brpop_read(**options)  # type: ignore[misc]  # not in the stubs
        except (JSONDecodeError, UnicodeDecodeError):
            return _drop()


class Transport(redis.Transport):
    Channel = Channel

    def _deliver(self, message: Any, queue: str | None) -> None:
        if self._is_whole(message):
            super()._deliver(message, queue)
        else:
            _drop()

    def _is_whole(self, raw: Any) -> bool:
        """Whether `raw` has all that unpacking and acknowledging it will ask for."""
        assert self.channels  # it came by one of them
        try:
            message = self.Channel.Message(raw, channel=self.channels[0])
            return {"exchange", "routing_key"} <= message.delivery_info.keys()
        except _BROKEN:
            return False


def _drop() -> None:
    logger.error("Something in the queue is no message. It was dropped.")
