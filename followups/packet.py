"""What a new keeper gets with the people handed over to them, a page at a time.

Read through the eyes of whoever looks at it: what they may not see is not in the packet either.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Prefetch

from contacts.models import Contact, Detail, Note
from contacts.models.contact import ContactQuerySet
from contacts.ways import Way, of
from crm.models import User
from followups.introducing import introduce
from followups.models import HandedContact, Handover, Promise
from followups.models.promise import PromiseQuerySet

PAGE = 50
_NOTES = 3


@dataclass(frozen=True, slots=True)
class Handed:
    """One person in the packet, with what the viewer may see of them."""

    row: HandedContact
    contact: Contact
    details: list[Detail]
    notes: list[Note]
    promises: list[Promise]
    introduction: str

    @property
    def pk(self) -> int:
        return self.contact.pk

    @property
    def ways(self) -> list[Way]:
        """The numbers and addresses that can be pressed."""
        return [way for detail in self.details for way in of(detail) if way.shown]

    @property
    def others(self) -> list[Detail]:
        """The details that are only read."""
        return [detail for detail in self.details if not any(way.shown for way in of(detail))]


@dataclass(frozen=True, slots=True)
class Packet:
    """A page of a handing over; `after` is where the next begins, None on the last.

    `others` are promises about people who have not changed hands.
    """

    people: list[Handed]
    others: list[Promise]
    after: int | None


def read(handover: Handover, viewer: User, *, after: int = 0) -> Packet:
    """The people of `handover` from the row `after` on; six queries."""
    people = _people(viewer)
    rows = handover.contacts.filter(contact__in=people, pk__gt=after).order_by("pk")
    found = list(rows[: PAGE + 1])
    shown = found[:PAGE]
    contacts = people.in_bulk([row.contact_id for row in shown])
    promises = _promises(handover, viewer, contacts)
    handed = [_handed(row, contacts[row.contact_id], promises, handover) for row in shown]
    others = [] if after else list(_others(handover, viewer))
    return Packet(handed, others, shown[-1].pk if len(found) > PAGE else None)


def read_one(handover: Handover, viewer: User, contact_id: int) -> Handed | None:
    """One person of the packet; None where the viewer sees no such."""
    row = handover.contacts.filter(contact__in=_people(viewer), contact=contact_id).first()
    if row is None:
        return None
    contacts = _people(viewer).in_bulk([contact_id])
    promises = _promises(handover, viewer, contacts)
    return _handed(row, contacts[contact_id], promises, handover)


def tick(row: HandedContact, at: datetime) -> None:
    """Say that they have been introduced, or take that back."""
    row.introduced_at = None if row.introduced_at else at
    row.save(update_fields=["introduced_at"])


def _people(viewer: User) -> ContactQuerySet:
    shared = Note.objects.visible_to(viewer).present().filter(private=False)
    said = shared.select_related("author").latest_first()[:_NOTES]
    business = Detail.objects.visible_to(viewer).in_use().exclude(label=Detail.Label.PERSONAL)
    people = Contact.objects.visible_to(viewer).present().with_face(viewer)
    told: list[Any] = [
        Prefetch("notes", said, to_attr="said"),
        Prefetch("details", business, to_attr="business"),
    ]
    return people.select_related("company", "keeper").prefetch_related(*told)


def _promises(
    handover: Handover, viewer: User, contacts: dict[int, Contact]
) -> dict[int, list[Promise]]:
    found: dict[int, list[Promise]] = defaultdict(list)
    for promise in _handed_promises(handover, viewer).filter(contact__in=contacts):
        found[promise.contact_id].append(promise)
    return found


def _handed_promises(handover: Handover, viewer: User) -> PromiseQuerySet:
    keys = handover.promises.values("promise")
    visible = Promise.objects.visible_to(viewer).filter(pk__in=keys)
    return visible.select_related("owner").soonest_first()


def _others(handover: Handover, viewer: User) -> PromiseQuerySet:
    there = handover.contacts.values("contact")
    return _handed_promises(handover, viewer).exclude(contact__in=there).select_related("contact")


def _handed(
    row: HandedContact,
    contact: Any,
    promises: dict[int, list[Promise]],
    handover: Handover,
) -> Handed:
    text = introduce(
        handover.introduction,
        first_name=contact.first_name,
        new_keeper=str(handover.to_user),
        former_keeper=str(handover.from_user),
    )
    return Handed(row, contact, contact.business, contact.said, promises[contact.pk], text)
