"""An address that sends mail back gets no more of it, until its user says that it is well again.

Providers report that by django-anymail's webhooks. Only mail stops: no nudge is touched.
"""

from typing import Any

from anymail.signals import AnymailTrackingEvent, EventType, tracking
from django.dispatch import receiver
from django.utils import timezone

from crm.models import User

STOPS_MAIL = {EventType.BOUNCED, EventType.REJECTED, EventType.COMPLAINED}
WORDS = {
    EventType.BOUNCED: "It came back.",
    EventType.REJECTED: "The mail provider does not write to it any more.",
    EventType.COMPLAINED: "It was reported as unwanted.",
}


@receiver(tracking)
def stop_mail(*, event: AnymailTrackingEvent, **_: Any) -> None:
    """Stop the mail of whose address the provider speaks; anything else leaves it as it is."""
    users = User.objects.filter(email__iexact=event.recipient or "")
    if event.event_type == EventType.UNSUBSCRIBED:
        users.update(digest_wanted=False)
    elif event.event_type in STOPS_MAIL:
        said = event.mta_response or event.description or ""
        words = f"{WORDS[event.event_type]} {said}".strip()
        users.filter(mail_stopped_at=None).update(
            mail_stopped_at=timezone.now(), mail_stopped_because=" ".join(words.split())[:500]
        )
