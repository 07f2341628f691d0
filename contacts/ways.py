"""Ways to reach somebody in one tap, from their details."""

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote

from contacts.models import Detail
from contacts.phones import shown_phone


@dataclass(frozen=True, slots=True)
class Way:
    """A link that starts a call, a text or a mail."""

    word: str
    icon: str
    href: str
    # The number or address itself, as people read it.
    shown: str = ""


def to_reach(details: Iterable[Detail]) -> list[Way]:
    """Call, text, WhatsApp and mail, for the first phone and the first email there is."""
    rows = sorted(details, key=lambda detail: (detail.position, detail.pk))
    phones = [detail for detail in rows if detail.has_a_voice]
    emails = [detail for detail in rows if detail.kind == Detail.Kind.EMAIL]
    return [way for detail in (*phones[:1], *emails[:1]) for way in of(detail)]


def of(detail: Detail) -> list[Way]:
    """What one detail is good for; nothing for a postal address or a fax."""
    value = detail.value
    if detail.kind == Detail.Kind.EMAIL:
        return [Way("Mail", "mail", f"mailto:{quote(value, safe='@+')}", value)]
    if detail.kind == Detail.Kind.URL and value.startswith(("https://", "http://")):
        return [Way("Open", "external-link", value)]
    if detail.has_a_voice:
        number = quote(value, safe="+;=")
        found = [
            Way("Call", "phone", f"tel:{number}", shown_phone(value)),
            Way("Text", "message-circle", f"sms:{number}"),
        ]
        whatsapp = value.partition(";")[0]
        if whatsapp.startswith("+") and whatsapp[1:].isdecimal():
            found.append(Way("WhatsApp", "message-square", f"https://wa.me/{whatsapp[1:]}"))
        return found
    return []
