"""The addresses that answers to Kept's mails go to: `reply+<token>@REPLY_DOMAIN`.

The token says whose mail was answered, of which local date and perhaps about whom, and is signed:
nobody can make one for somebody else. It is written in base32, because mail servers may change the
case of letters, and is short enough for the 64 characters before the @ (RFC 5321, 4.5.3.1.1).
"""

import re
from base64 import b32decode, b32encode
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from hmac import compare_digest

from django.conf import settings
from django.utils.crypto import salted_hmac

from contacts.models import Contact
from crm.models import User

LASTS = timedelta(days=30)

_SALT = "followups.reply_addresses"
_EPOCH = date(2000, 1, 1)
# Bytes: 6 user, 6 contact (0 for none), 2 days since the epoch, 16 signature; 30 fill 48 letters.
_TOKEN = re.compile(r"(?<![\w.+-])reply\+([a-z2-7]{48})@([\w.-]+)", re.IGNORECASE | re.ASCII)


class Refusal(StrEnum):
    """Why an address is not to be answered to, in words for the log."""

    NOT_OURS = "not an address for replies"
    FORGED = "the address is not signed by Kept"
    EXPIRED = "the address has expired"


class AddressRefused(Exception):
    """Carries the `Refusal`."""

    def __init__(self, why: Refusal) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True, slots=True)
class ReplyTo:
    """Whose mail is answered, the local date it was for, and whom it was about (if one)."""

    user_id: int
    on: date
    contact_id: int | None = None


def make_reply_address(user: User, on: date, contact: Contact | None = None) -> str:
    """The address for answers to `user`'s mail of the local date `on`, about `contact`.

    Empty where the installation has no REPLY_DOMAIN: then nobody reads answers.
    """
    if not settings.REPLY_DOMAIN:
        return ""
    body = user.pk.to_bytes(6) + (contact.pk if contact else 0).to_bytes(6)
    body += (on - _EPOCH).days.to_bytes(2)
    token = b32encode(body + _signature(body, settings.SECRET_KEY)).decode().lower()
    return f"reply+{token}@{settings.REPLY_DOMAIN}"


def read_reply_address(address: str, now: datetime) -> ReplyTo:
    """What the first of our addresses in `address` says, which may be a whole header.

    Raises `AddressRefused`. It is linear in the length of what strangers send.
    """
    token = next(_tokens(address), None)
    if token is None:
        raise AddressRefused(Refusal.NOT_OURS)
    raw = b32decode(token.upper())
    body, signature = raw[:14], raw[14:]
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    if not any(compare_digest(signature, _signature(body, key)) for key in keys):
        raise AddressRefused(Refusal.FORGED)
    on = _EPOCH + timedelta(days=int.from_bytes(body[12:]))
    if now.date() > on + LASTS:
        raise AddressRefused(Refusal.EXPIRED)
    return ReplyTo(int.from_bytes(body[:6]), on, int.from_bytes(body[6:12]) or None)


def _tokens(text: str) -> Iterator[str]:
    ours = settings.REPLY_DOMAIN.lower()
    return (token for token, domain in _TOKEN.findall(text) if ours and domain.lower() == ours)


def _signature(body: bytes, key: str | bytes) -> bytes:
    return salted_hmac(_SALT, body, secret=key, algorithm="sha256").digest()[:16]
