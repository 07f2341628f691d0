"""What the links of a mail say, and whether it was Kept that said so.

Each is for one user and one thing, and none works for ever. When it ends hangs on the date it was
written for, not on the clock of whoever wrote it: so the same mail always has the same links.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.urls import reverse

from crm.models import User
from followups.models import Delivery, Press

ACTS_FOR = timedelta(days=7)
# The law of some countries asks for thirty days.
UNSUBSCRIBES_FOR = timedelta(days=60)


class BadLink(ValueError):
    """Nobody at Kept wrote this, or not for this."""


class Expired(BadLink):
    """Kept wrote it, too long ago."""


@dataclass(frozen=True, slots=True)
class Button:
    """One act of one user on one contact, from the mail of one date."""

    act: str
    user_id: int
    contact_id: int
    on: date


def act_url(act: Press.Act, *, user: User, contact_id: int, on: date) -> str:
    token = _signer(f"act.{act}").sign(f"{user.pk}.{contact_id}.{on:%Y%m%d}")
    return at_base(reverse("followups:mail_act", args=[act.value, token]))


def read_act(act: str, token: str, *, today: date) -> Button:
    """What a link to `act` allows on `today`; raises `Expired` or `BadLink`."""
    user_id, contact_id, on = _read(f"act.{act}", token, r"(\d+)\.(\d+)\.(\d{8})")
    return Button(act, int(user_id), int(contact_id), _in_time(on, today, ACTS_FOR))


def unsubscribe_url(*, user: User, kind: str, on: date) -> str:
    token = _signer("off").sign(f"{user.pk}.{kind}.{on:%Y%m%d}")
    return at_base(reverse("followups:mail_off", args=[token]))


def read_unsubscribe(token: str, *, today: date) -> tuple[int, str]:
    """Whose mails of which kind are to end; raises `BadLink`, also when it is too old."""
    user_id, kind, on = _read("off", token, r"(\d+)\.([a-z]+)\.(\d{8})")
    _in_time(on, today, UNSUBSCRIBES_FOR)
    if kind not in Delivery.Kind.values:
        raise BadLink
    return int(user_id), kind


def at_base(path: str) -> str:
    """A path of Kept as an address: mails begin their links at `BASE_URL`."""
    return settings.BASE_URL + path


def _signer(what: str) -> Signer:
    return Signer(sep=":", salt=f"mail.{what}")


def _read(what: str, token: str, pattern: str) -> tuple[str, ...]:
    try:
        said = _signer(what).unsign(token)
    except BadSignature as problem:
        raise BadLink from problem
    found = re.fullmatch(pattern, said)
    if not found:
        raise BadLink
    return found.groups()


def _in_time(written: str, today: date, lasts: timedelta) -> date:
    """The date in `written` (yyyymmdd); a day's grace ahead, for whoever moved west."""
    on = date(int(written[:4]), int(written[4:6]), int(written[6:]))
    if not on - timedelta(days=1) <= today <= on + lasts:
        raise Expired
    return on
