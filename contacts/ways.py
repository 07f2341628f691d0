"""Ways to reach somebody in one tap, from their details."""

from collections.abc import Iterable
from dataclasses import dataclass

from contacts.models import Detail


@dataclass(frozen=True, slots=True)
class Way:
    """A link that starts a call, a text or a mail."""

    word: str
    icon: str
    href: str


def to_reach(details: Iterable[Detail]) -> list[Way]:
    """Call, text, WhatsApp and mail, for the first phone and the first email there is."""
    rows = sorted(details, key=lambda detail: (detail.position, detail.pk))
    phone = next((d.value for d in rows if d.kind == Detail.Kind.PHONE), "")
    email = next((d.value for d in rows if d.kind == Detail.Kind.EMAIL), "")
    found = []
    if phone:
        found += [
            Way("Call", "phone", f"tel:{phone}"),
            Way("Text", "message-circle", f"sms:{phone}"),
        ]
    if phone.startswith("+"):
        found.append(Way("WhatsApp", "message-square", f"https://wa.me/{phone[1:]}"))
    if email:
        found.append(Way("Mail", "mail", f"mailto:{email}"))
    return found
