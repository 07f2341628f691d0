"""A keeper's book in open formats, everything they hold, a few contacts at a time.

What teammates wrote stays with them. What the keeper wrote of people whom a colleague keeps goes
along in JSON, under the card of whom it is about. JSON has all there is, in the shape that other
programs rely on; a vCard what address books know, and of the notes those that are not about a
conversation.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import batched, chain
from typing import Any, Protocol

from django.db.models import Exists, OuterRef, Q, QuerySet, prefetch_related_objects

from contacts.interchange.card import Address, Card, CardDate, CardRelative, Label
from contacts.interchange.card import Detail as CardDetail
from contacts.interchange.vcard import Version, write_cards
from contacts.known import without_private
from contacts.models import (
    Channel,
    Contact,
    Detail,
    Fact,
    Job,
    Keepsake,
    LifeEvent,
    LifeEventKind,
    Note,
    Photo,
    Relation,
    Relative,
)
from contacts.partial_dates import PartialDate
from crm.models import User

CHUNK = 200
# What vCards tell from other links.
_NETWORKS = frozenset(["facebook", "flickr", "instagram", "linkedin", "mastodon", "twitter"])


@dataclass(frozen=True, slots=True)
class Held:
    """A contact with the pieces of it that a user holds."""

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


def book_as_json(keeper: User) -> Iterator[bytes]:
    """The book as a JSON list, in pieces of a contact each."""
    separator = "[\n"
    for held in chain(_book(keeper), _written_of_others(keeper)):
        yield (separator + json.dumps(shape_of(held), ensure_ascii=False, indent=1)).encode()
        separator = ",\n"
    yield b"[]\n" if separator == "[\n" else b"\n]\n"


def book_as_vcards(keeper: User, version: Version = "4.0") -> Iterator[bytes]:
    """The book as a vCard file, in pieces of a contact each."""
    return write_cards(map(card_of, _book(keeper)), version=version)


def contact_as_vcard(contact: Contact, viewer: User, version: Version = "4.0") -> bytes:
    """One contact as a vCard to pass on: what `viewer` may see of it, and no notes."""
    (held,) = _hold([contact], viewer)
    held.notes.clear()
    return b"".join(write_cards([card_of(held)], version=version))


def _book(keeper: User) -> Iterator[Held]:
    contacts = Contact.objects.kept_by(keeper).present().select_related("company").in_order()
    for chunk in batched(contacts.iterator(chunk_size=CHUNK), CHUNK):
        yield from _hold(chunk, keeper)


def _written_of_others(author: User) -> Iterator[Held]:
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
    ]
    written = there.filter(Q(*map(Exists, own), _connector=Q.OR))
    contacts = written.select_related("company").in_order()
    for chunk in batched(contacts.iterator(chunk_size=CHUNK), CHUNK):
        keepsakes = Keepsake.objects.visible_to(author).filter(contact__in=chunk)
        how_met = dict(keepsakes.values_list("contact_id", "how_met"))
        for held in _hold(map(without_private, chunk), author):
            held.contact.how_met = how_met.get(held.contact.pk, "")
            yield held


def _hold(contacts: Iterable[Contact], viewer: User) -> Iterator[Held]:
    """The contacts, each with what `viewer` holds of it; nine queries."""
    of = {"contact__in": list(contacts)}
    details = _by_contact(Detail.objects.visible_to(viewer).present().filter(**of))
    events = _by_contact(LifeEvent.objects.visible_to(viewer).present().filter(**of))
    relatives = _by_contact(Relative.objects.visible_to(viewer).present().filter(**of))
    facts = _by_contact(Fact.objects.visible_to(viewer).present().filter(**of))
    jobs = _by_contact(Job.objects.visible_to(viewer).present().filter(**of))
    photos = _by_contact(Photo.objects.visible_to(viewer).present().filter(**of))
    tags, notes = _tags(of, viewer), _notes(of, viewer)
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


# --- JSON ------------------------------------------------------------------------------------


def shape_of(held: Held) -> dict[str, Any]:
    """A contact as other programs read it; unknown parts of a date are null."""
    contact = held.contact
    return {
        "name": contact.name,
        "nickname": contact.nickname,
        "pronunciation": contact.pronunciation,
        "pronouns": contact.pronouns,
        "company": str(contact.company or ""),
        "title": contact.title,
        "emails": held.values(Detail.Kind.EMAIL),
        "phones": held.values(Detail.Kind.PHONE),
        "addresses": held.values(Detail.Kind.ADDRESS),
        "urls": held.values(Detail.Kind.URL),
        "birthday": _date(held.birthday),
        "life_events": [_event(event, held) for event in held.other_events],
        "relatives": [_relative(relative, held) for relative in held.relatives],
        "teams": [fact.text for fact in held.facts if fact.kind == Fact.Kind.TEAM],
        "facts": [
            {"kind": fact.kind, "text": fact.text, "noted_on": fact.noted_on.isoformat()}
            for fact in held.facts
            if fact.kind != Fact.Kind.TEAM
        ],
        "jobs": [_job(job) for job in held.jobs],
        "how_met": contact.how_met,
        "customer_since": contact.customer_since,
        "tags": held.tags,
        "circle": contact.circle,
        "cadence_days": contact.cadence,
        "has_photo": held.photo is not None,
        "notes": [_note(note, held.viewer) for note in held.notes],
        "promises": [_promise(p) for p in contact.promises.all() if p.owner_id == held.viewer.pk],
        "kept": contact.keeper_id == held.viewer.pk,
        "uid": contact.uid,
    }


def _date(when: PartialDate | None) -> dict[str, int | None] | None:
    if when is None:
        return None
    return {"year": when.year, "month": when.month, "day": when.day}


def _event(event: LifeEvent, held: Held) -> dict[str, Any]:
    whose = held.name_of(event.relative_id)
    return {"kind": event.kind, "who": whose, "title": event.title, "when": _date(event.when)}


def _relative(relative: Relative, held: Held) -> dict[str, Any]:
    return {
        "relation": relative.relation,
        "name": relative.name,
        "about": relative.about,
        "born": _date(held.birthday_of(relative.pk)),
    }


def _job(job: Job) -> dict[str, Any]:
    years = {"from_year": job.from_year, "to_year": job.to_year}
    return {"company": job.company, "title": job.title, **years}


def _note(note: Note, author: User) -> dict[str, Any]:
    return {
        "at": note.at.astimezone(author.zone).isoformat(),
        "channel": note.channel,
        "began": note.began,
        "text": note.text,
        "feeling": note.feeling,
        "private": note.private,
    }


def _promise(promise: Any) -> dict[str, Any]:
    """A promise, which belongs to an app that this one has never heard of."""
    return {
        "by": promise.made_by,
        "text": promise.text,
        "made_on": promise.made_on.isoformat(),
        "due_on": promise.due_on and promise.due_on.isoformat(),
        "state": promise.state,
        "ended_on": promise.ended_on and promise.ended_on.isoformat(),
    }


# --- vCard -----------------------------------------------------------------------------------


def card_of(held: Held) -> Card:
    """A contact as an address book knows it."""
    contact = held.contact
    links = [_detail(detail) for detail in held.of_kind(Detail.Kind.URL)]
    own = [event for event in held.other_events if event.relative_id is None]
    return Card(
        name=contact.name,
        nickname=contact.nickname,
        pronunciation=contact.pronunciation,
        pronouns=contact.get_pronouns_display() if contact.pronouns else "",
        company=str(contact.company or ""),
        title=contact.title,
        emails=tuple(_detail(detail) for detail in held.of_kind(Detail.Kind.EMAIL)),
        phones=tuple(_detail(detail) for detail in held.of_kind(Detail.Kind.PHONE)),
        addresses=tuple(_address(detail) for detail in held.of_kind(Detail.Kind.ADDRESS)),
        urls=tuple(link for link in links if link.kind not in _NETWORKS),
        socials=tuple(link for link in links if link.kind in _NETWORKS),
        birthday=held.birthday,
        dates=tuple(CardDate(str(event), event.when) for event in own),
        relatives=tuple(
            CardRelative(_relation(relative), relative.name) for relative in held.relatives
        ),
        tags=tuple(held.tags),
        interests=tuple(f.text for f in held.facts if f.kind == Fact.Kind.INTEREST),
        note="\n\n".join(note.text for note in held.notes if note.channel == Channel.OTHER),
        photo=_photo(held.photo),
        uid=contact.uid,
    )


def _detail(detail: Detail) -> CardDetail:
    return CardDetail(detail.value, _label(detail), kind=detail.use)


def _address(detail: Detail) -> Address:
    """The parts of an address are not kept apart: all of it is the street."""
    return Address(street=detail.value, label=_label(detail), kind=detail.use)


def _label(detail: Detail) -> Label:
    labels: dict[str, Label] = {"work": "work", "personal": "personal"}
    return labels.get(detail.label, "other")


def _relation(relative: Relative) -> str:
    """The relation in a word; as it was written where Kept has none for it."""
    return relative.about if relative.relation == Relation.OTHER else relative.relation


def _photo(photo: Photo | None) -> bytes | None:
    """The whole picture; none where its file has been lost."""
    if photo is None:
        return None
    try:
        with photo.whole.open("rb") as file:
            content: bytes = file.read()
    except OSError:
        return None
    return content
