"""What search reads, written: folded text of contacts and notes, split by who may find it.

Every act that changes such text calls these in the same transaction, so that they need no
savepoint of their own.
"""

from collections import defaultdict
from collections.abc import Iterable
from itertools import batched
from typing import Any, cast

from django.db import transaction
from django.db.models import BooleanField, F, QuerySet, Value

from contacts.models import (
    Contact,
    Detail,
    Fact,
    Job,
    LifeEvent,
    Note,
    Relative,
    SearchEntry,
)
from contacts.search_text import index_text

CHUNK = 500

type Pieces = dict[int, list[str]]
type Texts = QuerySet[Any, tuple[int, bool, str]]


def index_contacts(contacts: Iterable[Contact]) -> None:
    """Write anew what `contacts` are found by beside notes: their card, and what is known of them.

    They must be as stored. Three queries for each 500.
    """
    for chunk in batched(contacts, CHUNK):
        with transaction.atomic(savepoint=False):
            _index_chunk(chunk)


def index_note(note: Note) -> None:
    """Write anew what `note` is found by, for each of its contacts; in the trash, by nothing."""
    index_notes([note])


def index_notes(notes: Iterable[Note]) -> None:
    """The same for many; three queries for each 500."""
    for chunk in batched(notes, CHUNK):
        with transaction.atomic(savepoint=False):
            SearchEntry.objects.filter(note__in=chunk).delete()
            SearchEntry.objects.bulk_create(_note_entries(chunk), batch_size=CHUNK)


def _index_chunk(contacts: Iterable[Contact]) -> None:
    contacts = list(contacts)
    card, known = _pieces_of([contact.pk for contact in contacts])
    entries: list[SearchEntry] = []
    for contact in contacts:
        shown = [contact.name, contact.nickname, contact.title, *card[contact.pk]]
        hidden = [contact.how_met, *known[contact.pk]]
        entries.append(_entry(contact, SearchEntry.Source.CARD, shown, private=False))
        entries.append(_entry(contact, SearchEntry.Source.KNOWN, hidden, private=True))
    SearchEntry.objects.filter(contact__in=contacts, note=None).delete()
    SearchEntry.objects.bulk_create([entry for entry in entries if entry.text], batch_size=CHUNK)


def _entry(
    contact: Contact, source: SearchEntry.Source, pieces: list[str], *, private: bool
) -> SearchEntry:
    return SearchEntry(
        team_id=contact.team_id,
        author_id=contact.keeper_id,
        contact=contact,
        source=source,
        private=private,
        text=index_text(pieces),
    )


def _note_entries(notes: Iterable[Note]) -> list[SearchEntry]:
    texts = {note.pk: index_text([note.text]) for note in notes if not note.is_trashed}
    by_pk = {note.pk: note for note in notes}
    links = Note.contacts.through.objects.filter(note__in=texts)
    return [
        SearchEntry(
            team_id=by_pk[note_id].team_id,
            author_id=by_pk[note_id].author_id,
            contact_id=contact_id,
            note_id=note_id,
            source=SearchEntry.Source.NOTE,
            private=by_pk[note_id].private,
            text=texts[note_id],
        )
        for note_id, contact_id in links.values_list("note_id", "contact_id").order_by("pk")
        if texts[note_id]
    ]


def _pieces_of(ids: list[int]) -> tuple[Pieces, Pieces]:
    """By contact, what stands on the card and what only the keeper may find; one query."""
    card: Pieces = defaultdict(list)
    known: Pieces = defaultdict(list)
    details = Detail.objects.present().filter(contact__in=ids)
    personal = Detail.Label.PERSONAL
    own = {"contact__in": ids, "author": F("contact__keeper"), "trashed_at": None}
    tags = Contact.tags.through.objects.filter(contact__in=ids, tag__author=F("contact__keeper"))
    rows = _texts(Contact.objects.filter(pk__in=ids), "pk", "company__name").union(
        _texts(details.exclude(label=personal), "contact_id", "value"),
        _texts(details.filter(label=personal), "contact_id", "value", private=True),
        _texts(tags, "contact_id", "tag__name", private=True),
        _texts(Relative.objects.filter(**own), "contact_id", "name", private=True),
        _texts(Relative.objects.filter(**own), "contact_id", "about", private=True),
        _texts(Fact.objects.filter(**own), "contact_id", "text", private=True),
        _texts(LifeEvent.objects.filter(**own), "contact_id", "title", private=True),
        _texts(Job.objects.filter(**own), "contact_id", "company", private=True),
        _texts(Job.objects.filter(**own), "contact_id", "title", private=True),
        all=True,
    )
    for contact_id, private, text in rows:
        (known if private else card)[contact_id].append(text)
    return card, known


def _texts(rows: QuerySet[Any], contact: str, text: str, *, private: bool = False) -> Texts:
    """The texts in the column `text`, each with its contact and whether only the keeper sees it."""
    found = rows.filter(**{f"{text}__gt": ""}).order_by()
    marked = found.annotate(is_private=Value(private, output_field=BooleanField()))
    return cast(Texts, marked.values_list(contact, "is_private", text))
