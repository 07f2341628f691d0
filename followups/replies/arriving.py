"""Mail that comes in by way of a provider that django-anymail knows."""

import logging
from typing import Any

from anymail.signals import AnymailInboundEvent, inbound
from django.dispatch import receiver
from django.utils import timezone

from followups.replies.taking import take_reply

logger = logging.getLogger(__name__)


@receiver(inbound)
def take(*, event: AnymailInboundEvent, **_: Any) -> None:
    """Take one mail. One that cannot be put together is left: it would only be sent again."""
    try:
        raw = event.message.as_bytes()
    except Exception:
        logger.exception("A mail was not taken: it cannot be read.")
        return
    take_reply(raw, now=timezone.now())
