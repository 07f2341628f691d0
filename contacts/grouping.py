"""Changing the circle and tags of many contacts at once, and taking it back."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db import transaction

from contacts.models import Contact, LifeEvent, Tag
from contacts.models.contact import lock_contacts
from contacts.tags import Link, link, tag, untag
from crm.models import User


@dataclass(slots=True)
class Grouped:
    """What a change of many did, as plain values that a session can hold to take it back.

    `people` says how many it was made to; `placed` has the key of each who changed circle, with
    their circle and first due date before.
    """

    people: int = 0
    placed: list[tuple[int, str, str]] = field(default_factory=list)
    tagged: list[Link] = field(default_factory=list)
    untagged: list[Link] = field(default_factory=list)

    def contact_ids(self) -> set[int]:
        links = [*self.tagged, *self.untagged]
        return {pk for pk, _, _ in self.placed} | {contact for contact, _ in links}


@transaction.atomic
def group(
    *,
    contact_ids: Collection[int],
    by: User,
    today: date,
    circle: str | None = None,
    add_tags: Collection[str] = (),
    remove_tags: Collection[Tag] = (),
) -> Grouped:
    """Move contacts to `circle` (None: stay), and change their tags.

    Of `contact_ids` only those in `by`'s own book are touched.
    """
    contacts = _own(contact_ids, by)
    grouped = Grouped(people=len(contacts))
    if circle is not None:
        grouped.placed = _move(contacts, circle, today)
    if remove_tags:
        grouped.untagged = untag(contacts, remove_tags)
    if add_tags:
        grouped.tagged = tag(contacts, add_tags, by)
    return grouped


@transaction.atomic
def ungroup(grouped: Grouped, *, by: User, today: date) -> None:
    """Take a change back, as far as the contacts are still in `by`'s book."""
    contacts = {contact.pk: contact for contact in _own(grouped.contact_ids(), by)}
    placed = []
    for pk, circle, first_due in grouped.placed:
        if contact := contacts.get(pk):
            contact.circle, contact.first_due_on = circle, date.fromisoformat(first_due)
            placed.append(contact)
    _save_places(placed, today)
    for each in Tag.objects.filter(author=by, pk__in={pk for _, pk in grouped.tagged}):
        tagged = {contact for contact, pk in grouped.tagged if pk == each.pk}
        untag([contact for contact in contacts.values() if contact.pk in tagged], [each])
    if grouped.untagged:
        lost = [(contact, pk) for contact, pk in grouped.untagged if contact in contacts]
        link(list(contacts.values()), lost)


def _own(contact_ids: Collection[int], keeper: User) -> list[Contact]:
    own = Contact.objects.kept_by(keeper).present().filter(pk__in=contact_ids)
    return lock_contacts(own.values_list("pk", flat=True))


def _move(contacts: Collection[Contact], circle: str, today: date) -> list[tuple[int, str, str]]:
    moved = [contact for contact in contacts if contact.circle != circle]
    before = [(each.pk, each.circle, each.first_due_on.isoformat()) for each in moved]
    newly = [contact for contact in moved if contact.cadence is None]
    for contact in moved:
        contact.circle = circle
    spread_first_due(newly, today)
    _save_places(moved, today)
    return before


def spread_first_due(contacts: Collection[Contact], today: date) -> None:
    """Give those on a cadence who were never spoken to their first due dates, from `today` on.

    Each within their own cadence, evenly: a hundred at once must not flood a day. Does not save.
    """
    fresh = [contact for contact in contacts if contact.cadence and not contact.restarted_on]
    for place, contact in enumerate(fresh):
        days = contact.cadence or 0
        contact.first_due_on = today + timedelta(days=place * days // len(fresh))


def _save_places(contacts: Collection[Contact], today: date) -> None:
    for contact in contacts:
        contact.plan()
        contact.version += 1
    fields = ["circle", "first_due_on", "due_on", "wake_on", "version"]
    Contact.objects.bulk_update(contacts, fields, batch_size=500)
    # A circle decides about what has to be prepared: the scheduler is to look at it again.
    LifeEvent.objects.present().filter(contact__in=contacts).wake(today)
