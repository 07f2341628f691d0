"""Who has looked at what of mine, named in words."""

from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from contacts.models import Contact
from crm.looks import LOOKS_KEPT
from crm.models import Look, User
from followups.models import Promise

MOST = 200
# What lists of one's own others may open; each room that shows one names it here.
LISTS = {"list": "your follow-through"}


@dataclass(frozen=True, slots=True)
class Seen:
    """Somebody's look: at `what`, which `href` leads to where it is still there."""

    look: Look
    what: str
    href: str = ""


def read(user: User, now: datetime) -> list[tuple[object, list[Seen]]]:
    """The latest looks at what is `user`'s, by day, the latest first; three queries."""
    looks = Look.objects.visible_to(user).filter(at__gte=now - LOOKS_KEPT)
    rows = list(looks.select_related("viewer").order_by("-on", "-at", "-pk")[:MOST])
    contacts = Contact.objects.visible_to(user).in_bulk(_keys(rows, "contact"))
    promises = Promise.objects.visible_to(user).select_related("contact")
    found = promises.in_bulk(_keys(rows, "promise"))
    seen = [_name(look, contacts, found) for look in rows]
    return [(on, list(day)) for on, day in groupby(seen, key=lambda each: each.look.on)]


def _keys(looks: list[Look], kind: str) -> list[int]:
    parts = [look.thing.partition(":") for look in looks]
    return [int(key) for name, _, key in parts if name == kind]


def _name(look: Look, contacts: dict[int, Contact], promises: dict[int, Promise]) -> Seen:
    kind, _, key = look.thing.partition(":")
    if kind == "contact":
        contact = contacts.get(int(key))
        return _of_contact(look, contact)
    if kind == "promise":
        return _of_promise(look, promises.get(int(key)))
    return Seen(look, LISTS.get(kind, "your follow-through"))


def _of_contact(look: Look, contact: Contact | None) -> Seen:
    if contact is None:
        return Seen(look, "somebody who is no longer there")
    return Seen(look, f"the card of {contact}", contact.get_absolute_url())


def _of_promise(look: Look, promise: Promise | None) -> Seen:
    if promise is None:
        return Seen(look, "a promise that is no longer there")
    whose = f"your promise to {promise.contact}" if promise.is_mine else (
        f"what {promise.contact} promised you"
    )  # fmt: skip
    return Seen(look, whose, promise.get_absolute_url())
