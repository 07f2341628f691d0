"""Changing the circle and tags of many contacts at once, and taking it back."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db import transaction
from django.db.models import Value
from django.db.models.functions import Coalesce, Least

from contacts.models import Contact, LifeEvent, Tag
from contacts.tags import Link, link, tag, untag
from crm.models import User


@dataclass(slots=True)
class Undoing:
    """What it takes to take a change of many back, as plain values that a session can hold.

    `placed` has each contact's key, with its circle and first due date before the change.
    """

    placed: list[tuple[int, str, str]] = field(default_factory=list)
    tagged: list[Link] = field(default_factory=list)
    untagged: list[Link] = field(default_factory=list)

    @property
    def contact_ids(self) -> set[int]:
        links = [*self.tagged, *self.untagged]
        return {pk for pk, _, _ in self.placed} | {contact for contact, _ in links}


@transaction.atomic
def group(
    *,
    contacts: Collection[Contact],
    by: User,
    today: date,
    circle: str | None = None,
    add_tags: Collection[str] = (),
    remove_tags: Collection[Tag] = (),
) -> Undoing:
    """Move `contacts`, all of `by`'s book, to `circle` (None: stay), and change their tags."""
    undoing = Undoing()
    if circle is not None:
        undoing.placed = _move(contacts, circle, today)
    if remove_tags:
        undoing.untagged = untag(contacts, remove_tags)
    if add_tags:
        undoing.tagged = tag(contacts, add_tags, by)
    return undoing


@transaction.atomic
def ungroup(undoing: Undoing, *, contacts: Collection[Contact], by: User, today: date) -> None:
    """Take a change back, as far as it touched `contacts`, all of `by`'s book."""
    before = {pk: (circle, first) for pk, circle, first in undoing.placed}
    placed = [contact for contact in contacts if contact.pk in before]
    for contact in placed:
        contact.circle, first_due = before[contact.pk]
        contact.first_due_on = date.fromisoformat(first_due)
    _save_places(placed, today)
    own = {contact.pk for contact in contacts}
    tags = Tag.objects.filter(author=by, pk__in={pk for _, pk in undoing.tagged})
    for each in tags:
        tagged = {contact for contact, pk in undoing.tagged if pk == each.pk}
        untag([contact for contact in contacts if contact.pk in tagged], [each])
    if undoing.untagged:
        link(contacts, [(contact, pk) for contact, pk in undoing.untagged if contact in own])


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
    events = LifeEvent.objects.present().filter(contact__in=contacts)
    events.update(wake_on=Least(Coalesce("wake_on", Value(today)), Value(today)))
