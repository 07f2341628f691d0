"""What a user holds: of the people they keep, and what they wrote of those whom others keep.

What teammates wrote stays with them; of what went wrong, which the team shares, that goes along
with which the user had to do.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import batched
from typing import Any, Protocol

from django.db.models import Exists, OuterRef, Q, QuerySet, prefetch_related_objects

from contacts.known import without_private
from contacts.models import (
    Company,
    Contact,
    Detail,
    Fact,
    Job,
    Keepsake,
    LifeEvent,
    LifeEventKind,
    Note,
    Photo,
    Relative,
)
from contacts.partial_dates import PartialDate
from crm.models import User

CHUNK = 200


@dataclass(frozen=True, slots=True)
class Held:
    """A contact with the pieces of it that a user holds.

    A company stands as a contact that is not stored: of it there are issues alone.
    """

    contact: Contact
    viewer: User
    details: list[Detail]
    events: list[LifeEvent]
    relatives: list[Relative]
    facts: list[Fact]
    jobs: list[Job]
    tags: list[str]
    notes: list[Note]
    photo: Photo | None
    # Promises and issues, which belong to an app that this one has never heard of.
    promises: list[Any]
    issues: list[Any]

    def of_kind(self, kind: str) -> list[Detail]:
        return [detail for detail in self.details if detail.kind == kind]

    def values(self, kind: str) -> list[str]:
        return [detail.value for detail in self.of_kind(kind)]

    @property
    def birthday(self) -> PartialDate | None:
        return self.birthday_of(None)

    def birthday_of(self, relative_id: int | None) -> PartialDate | None:
        """A relative's birthday; of None, the contact's own."""
        theirs = (event for event in self.events if event.relative_id == relative_id)
        return next((e.when for e in theirs if e.kind == LifeEventKind.BIRTHDAY), None)

    def name_of(self, relative_id: int | None) -> str:
        """A relative's name; of None, the contact's own."""
        names = {relative.pk: str(relative) for relative in self.relatives}
        return names.get(relative_id or 0, self.contact.name)

    @property
    def other_events(self) -> list[LifeEvent]:
        return [event for event in self.events if event.kind != LifeEventKind.BIRTHDAY]


def book_of(keeper: User) -> Iterator[Held]:
    contacts = Contact.objects.kept_by(keeper).present().select_related("company").in_order()
    for chunk in batched(contacts.iterator(chunk_size=CHUNK), CHUNK):
        yield from hold(chunk, keeper)


def written_of_others(author: User) -> Iterator[Held]:
    """People whom colleagues keep, with what `author` wrote of them."""
    there = Contact.objects.visible_to(author).present().exclude(keeper=author)
    own: list[QuerySet[Any]] = [
        model.objects.visible_to(author).present().filter(author=author, contact=OuterRef("pk"))
        for model in (Fact, Job, LifeEvent, Photo, Relative)
    ]
    own += [
        Note.objects.visible_to(author).present().filter(author=author, contacts=OuterRef("pk")),
        Keepsake.objects.visible_to(author).filter(contact=OuterRef("pk")),
        Detail.objects.present().filter(sealed_for=author, contact=OuterRef("pk")),
        Contact.tags.through._default_manager.filter(tag__author=author, contact=OuterRef("pk")),
        Contact.objects.filter(promises__owner=author, pk=OuterRef("pk")),
        _issues(author).filter(contact=OuterRef("pk")),
    ]
    written = there.filter(Q(*map(Exists, own), _connector=Q.OR))
    contacts = written.select_related("company").in_order()
    for chunk in batched(contacts.iterator(chunk_size=CHUNK), CHUNK):
        keepsakes = Keepsake.objects.visible_to(author).filter(contact__in=chunk)
        how_met = dict(keepsakes.values_list("contact_id", "how_met"))
        for held in hold(map(without_private, chunk), author):
            held.contact.how_met = how_met.get(held.contact.pk, "")
            yield held


def companies_of(user: User) -> Iterator[Held]:
    """Companies for which something went wrong as a whole, and `user` had to do with it."""
    companies = Company.objects.visible_to(user).present()
    concerned = companies.filter(Exists(_issues(user).filter(company=OuterRef("pk"))))
    issues: dict[int, list[Any]] = defaultdict(list)
    for issue in _issues(user).filter(company__in=concerned):
        issues[issue.company_id].append(issue)
    for company in concerned:
        nobody = Contact(name=company.name, company=company, uid="")
        yield Held(nobody, user, [], [], [], [], [], [], [], None, [], issues[company.pk])


def hold(contacts: Iterable[Contact], viewer: User) -> Iterator[Held]:
    """The contacts, each with what `viewer` holds of it; twelve queries."""
    of = {"contact__in": list(contacts)}
    details = _by_contact(Detail.objects.visible_to(viewer).present().filter(**of))
    events = _by_contact(LifeEvent.objects.visible_to(viewer).present().filter(**of))
    relatives = _by_contact(Relative.objects.visible_to(viewer).present().filter(**of))
    facts = _by_contact(Fact.objects.visible_to(viewer).present().filter(**of))
    jobs = _by_contact(Job.objects.visible_to(viewer).present().filter(**of))
    photos = _by_contact(Photo.objects.visible_to(viewer).present().filter(**of))
    tags, notes = _tags(of, viewer), _notes(of, viewer)
    issues = _by_contact(_issues(viewer).filter(**of))
    prefetch_related_objects(of["contact__in"], "promises")
    for contact in of["contact__in"]:
        pk = contact.pk
        yield Held(
            contact=contact,
            viewer=viewer,
            details=details[pk],
            events=events[pk],
            relatives=relatives[pk],
            facts=facts[pk],
            jobs=jobs[pk],
            tags=tags[pk],
            notes=notes[pk],
            photo=next(iter(photos[pk]), None),
            promises=[each for each in contact.promises.all() if each.owner_id == viewer.pk],
            issues=issues[pk],
        )


class _Piece(Protocol):
    contact_id: int


def _by_contact[P: _Piece](pieces: Iterable[P]) -> dict[int, list[P]]:
    found: dict[int, list[P]] = defaultdict(list)
    for piece in pieces:
        found[piece.contact_id].append(piece)
    return found


def _tags(of: dict[str, list[Contact]], viewer: User) -> dict[int, list[str]]:
    links = Contact.tags.through._default_manager.filter(**of, tag__author=viewer)
    found: dict[int, list[str]] = defaultdict(list)
    for pk, name in links.order_by("tag__folded").values_list("contact_id", "tag__name"):
        found[pk].append(name)
    return found


def _notes(of: dict[str, list[Contact]], viewer: User) -> dict[int, list[Note]]:
    """The notes that `viewer` wrote, oldest first: what teammates shared is theirs to take."""
    own = Note.objects.visible_to(viewer).present().filter(author=viewer)
    links = Note.contacts.through._default_manager.filter(**of, note__in=own)
    found: dict[int, list[Note]] = defaultdict(list)
    for link in links.select_related("note").order_by("note__at", "note"):
        found[link.contact_id].append(link.note)
    return found


def _issues(user: User) -> QuerySet[Any]:
    """What went wrong and `user` opened, answered, changed or is on, with all that was said."""
    model: Any = Contact._meta.get_field("issues").related_model
    part = Q(opened_by=user) | Q(assignee=user) | Q(events__by=user)
    rows: QuerySet[Any] = model.objects.visible_to(user).filter(part).distinct()
    said = rows.select_related("opened_by", "assignee").prefetch_related("events__by")
    return said.order_by("opened_at", "pk")
