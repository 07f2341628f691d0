"""An address that sends mail back gets no more, and nothing else stops."""

import pytest
from anymail.signals import AnymailTrackingEvent, EventType, tracking

from followups import bouncing
from followups.models import Nudge
from tests.factories import make_contact, make_nudge


def report(event_type: str, recipient: str, **more: object) -> None:
    event = AnymailTrackingEvent(event_type=event_type, recipient=recipient, **more)
    tracking.send(sender=None, event=event, esp_name="Postmark")


@pytest.mark.parametrize("event_type", sorted(bouncing.STOPS_MAIL))
def test_a_bounce_stops_mail_and_touches_no_nudge(keeper, stranger, event_type: str) -> None:
    make_nudge(make_contact(keeper=keeper))
    before = list(Nudge.objects.values())

    report(event_type, keeper.email.upper(), mta_response="550 5.1.1\nNo such user")

    keeper.refresh_from_db()
    stranger.refresh_from_db()
    assert keeper.mail_stopped_at is not None
    assert keeper.mail_stopped_because == f"{bouncing.WORDS[event_type]} 550 5.1.1 No such user"
    assert (stranger.mail_stopped_at, list(Nudge.objects.values())) == (None, before)


def test_a_second_bounce_keeps_the_first_reason(keeper) -> None:
    report(EventType.BOUNCED, keeper.email, description="first")
    report(EventType.BOUNCED, keeper.email, description="second")
    keeper.refresh_from_db()
    assert keeper.mail_stopped_because == "It came back. first"


def test_unsubscribing_at_the_provider_ends_the_morning_mail(keeper) -> None:
    report(EventType.UNSUBSCRIBED, keeper.email)
    keeper.refresh_from_db()
    assert (keeper.digest_wanted, keeper.mail_stopped_at) == (False, None)


@pytest.mark.parametrize("event_type", [EventType.DELIVERED, EventType.DEFERRED, EventType.OPENED])
def test_anything_else_changes_nothing(keeper, event_type: str) -> None:
    report(event_type, keeper.email)
    keeper.refresh_from_db()
    assert (keeper.digest_wanted, keeper.mail_stopped_at) == (True, None)
