"""What is stored of many contacts, read and added to in bulk for an import."""

from collections.abc import Collection, Iterable
from datetime import datetime
from itertools import groupby
from typing import Any

from django.db import models, transaction
from django.db.models import F

from contacts.additions import Known, plain
from contacts.models import (
    Channel,
    Company,
    Contact,
    Detail,
    Fact,
    LifeEvent,
    LifeEventKind,
    Note,
    NoteRevision,
    Photo,
    Relative,
    Tag,
)
from contacts.models.company import folded
from contacts.partial_dates import PartialDate
from contacts.searching import index_contacts, index_notes
from contacts.tags import tags_named
from crm.models import User


def read_known(contact_ids: Collection[int], keeper: User, texts: Iterable[str]) -> list[Known]:
    """What `keeper` knows of these contacts of theirs, in ten queries.

    Of the notes only those that say, or once said, one of `texts` are looked for.
    """
    contacts = Contact.objects.filter(pk__in=contact_ids).select_related("company")
    known = {contact.pk: Known(contact=contact) for contact in contacts}
    for one in known.values():
        one.contact.keeper = keeper
        one.company = str(one.contact.company or "")
    own: dict[str, Any] = {"contact__in": known, "author": keeper}
    _read_pieces(known, own)
    _read_notes(known, keeper, list(texts))
    return list(known.values())


def _read_pieces(known: dict[int, Known], own: dict[str, Any]) -> None:
    details = Detail.objects.filter(contact__in=known, sealed_for=None)
    for pk, *way in details.values_list("contact_id", "kind", "value"):
        known[pk].ways.add((way[0], way[1]))
    dates = ("year", "month", "day")
    events = LifeEvent.objects.filter(relative=None, **own)
    for pk, kind, title, *parts in events.values_list("contact_id", "kind", "title", *dates):
        when = PartialDate(*parts)
        if kind == LifeEventKind.BIRTHDAY:
            known[pk].birthday = when
        known[pk].events.add((kind, plain(title), when))
    for pk, name in Relative.objects.filter(**own).values_list("contact_id", "name"):
        known[pk].kin.add(plain(name))
    interests = Fact.objects.filter(kind=Fact.Kind.INTEREST, **own)
    for pk, text in interests.values_list("contact_id", "text"):
        known[pk].interests.add(plain(text))
    tags = Tag.objects.filter(author=own["author"], contacts__in=known)
    for pk, name in tags.values_list("contacts", "folded"):
        known[pk].tags.add(name)
    for pk, digest in Photo.objects.filter(**own).values_list("contact_id", "source_digest"):
        known[pk].photo_digest = digest or "of a photo of their own"


def _read_notes(known: dict[int, Known], keeper: User, texts: list[str]) -> None:
    notes = Note.objects.filter(author=keeper, contacts__in=known)
    said = notes.filter(text__in=texts).values_list("contacts", "text")
    once_said = NoteRevision.objects.filter(note__in=notes, text__in=texts)
    for pk, text in [*said, *once_said.values_list("note__contacts", "text")]:
        if pk in known:
            known[pk].notes.add(text)


@transaction.atomic
def store(known: Collection[Known], keeper: User, at: datetime) -> None:
    """Write down all that is new of these contacts, but for photos.

    Raises `DatabaseError`, and writes nothing, if the database will not take any of it.
    """
    _store_contacts(known, keeper)
    pieces = sorted((piece for one in known for piece in one.news.pieces), key=_kind)
    for _, rows in groupby(pieces, key=_kind):
        alike = list(rows)
        type(alike[0])._default_manager.bulk_create(alike)
    _store_tags(known, keeper)
    notes = _store_notes(known, keeper, at)
    index_contacts([one.contact for one in known])
    index_notes(notes)


def _kind(piece: models.Model) -> str:
    return type(piece).__name__


def _store_contacts(known: Iterable[Known], keeper: User) -> None:
    companies = _companies({one.news.company for one in known}, keeper.member.team_id)
    for one in known:
        if one.news.company:
            one.contact.company = companies[folded(one.news.company)]
    Contact.objects.bulk_create([one.contact for one in known if one.news.is_contact])
    for one in known:
        if not one.news.is_contact:
            _fill(one)


def _companies(names: Iterable[str], team_id: int) -> dict[str, Company]:
    """The team's companies of these names by their folded form, made where they are new."""
    by_fold = {folded(name): name for name in names if name}
    rows = [Company(team_id=team_id, name=name, folded=key) for key, name in by_fold.items()]
    Company.objects.bulk_create(rows, ignore_conflicts=True)
    found = Company.objects.filter(team=team_id, folded__in=by_fold)
    return {company.folded: company for company in found}


def _fill(known: Known) -> None:
    """Fill what was empty of a stored contact, unless the keeper has just done so."""
    columns: dict[str, Any] = {**known.news.filled}
    row = Contact.objects.filter(pk=known.contact.pk)
    for column, value in columns.items():
        row.filter(**{column: ""}).update(**{column: value}, version=F("version") + 1)
    if known.news.company:
        row.filter(company=None).update(company=known.contact.company, version=F("version") + 1)


def _store_tags(known: Iterable[Known], author: User) -> None:
    names = {key: name for one in known for key, name in one.news.tags.items()}
    tags = {tag.folded: tag for tag in tags_named(names.values(), author)} if names else {}
    links = [
        Contact.tags.through(contact_id=one.contact.pk, tag_id=tags[key].pk)
        for one in known
        for key in one.news.tags
    ]
    Contact.tags.through._default_manager.bulk_create(links, ignore_conflicts=True)


def _store_notes(known: Iterable[Known], author: User, at: datetime) -> list[Note]:
    """The notes that cards brought along: private, and no sign that anybody was spoken to."""
    pairs = [(one.contact, _note(text, author, at)) for one in known for text in one.news.notes]
    notes = Note.objects.bulk_create([note for _, note in pairs])
    links = [Note.contacts.through(contact_id=one.pk, note_id=note.pk) for one, note in pairs]
    Note.contacts.through._default_manager.bulk_create(links)
    return notes


def _note(text: str, author: User, at: datetime) -> Note:
    return Note(
        team_id=author.member.team_id,
        author=author,
        text=text,
        at=at,
        created_at=at,
        channel=Channel.OTHER,
        private=True,
        is_touch=False,
    )
