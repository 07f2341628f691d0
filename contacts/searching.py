"""What search reads, written: folded text of contacts and notes, split by who may find it.

Every act that changes such text calls these in the same transaction, so that they need no
savepoint of their own.
"""

from collections import defaultdict
from collections.abc import Iterable
from itertools import batched
from typing import Any, cast

from django.db import transaction
from django.db.models import BigIntegerField, F, QuerySet, Value
from django.db.models.functions import Coalesce

from contacts.models import (
    Contact,
    Detail,
    Fact,
    Job,
    Keepsake,
    LifeEvent,
    Note,
    Relative,
    SearchEntry,
)
from contacts.search_text import index_text

CHUNK = 500

# Texts by the key of a contact, and those by the keys of a contact and of whom alone they are for.
type Pieces = dict[int, list[str]]
type OwnPieces = dict[tuple[int, int], list[str]]
type Texts = QuerySet[Any, tuple[int, int, str]]

# Stands for the author of what the team sees.
_TEAM = 0


def index_contacts(contacts: Iterable[Contact]) -> None:
    """Write anew what `contacts` are found by beside notes: their card, and what is known of them.

    They must be as stored. What a former keeper knows, they alone find. Three queries for each 500.
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
    by_pk = {contact.pk: contact for contact in contacts}
    card, known = _pieces_of(list(by_pk))
    for contact in by_pk.values():
        known[contact.pk, contact.keeper_id].insert(0, contact.how_met)
    entries = [
        _entry(
            contact,
            contact.keeper_id,
            [contact.name, contact.nickname, contact.title, *card[contact.pk]],
        )
        for contact in by_pk.values()
    ]
    entries += [
        _entry(by_pk[pk], author_id, texts, private=True)
        for (pk, author_id), texts in known.items()
    ]
    SearchEntry.objects.filter(contact__in=by_pk, note=None).delete()
    SearchEntry.objects.bulk_create([entry for entry in entries if entry.text], batch_size=CHUNK)


def _entry(
    contact: Contact, author_id: int, pieces: list[str], *, private: bool = False
) -> SearchEntry:
    return SearchEntry(
        team_id=contact.team_id,
        author_id=author_id,
        contact=contact,
        source=SearchEntry.Source.KNOWN if private else SearchEntry.Source.CARD,
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


def _pieces_of(ids: list[int]) -> tuple[Pieces, OwnPieces]:
    """By contact, what stands on the card; by contact and author, what only these find. A query."""
    card: Pieces = defaultdict(list)
    known: OwnPieces = defaultdict(list)
    personal = Detail.Label.PERSONAL
    details = Detail.objects.present().filter(contact__in=ids)
    whose = Coalesce("sealed_for_id", "contact__keeper_id")
    own = {"contact__in": ids, "trashed_at": None}
    tags = Contact.tags.through.objects.filter(contact__in=ids)
    keepsakes = Keepsake.objects.filter(contact__in=ids)
    rows = _texts(Contact.objects.filter(pk__in=ids), "pk", "company__name").union(
        _texts(details.exclude(label=personal), "contact_id", "value"),
        _texts(details.filter(label=personal), "contact_id", "value", whose),
        _texts(tags, "contact_id", "tag__name", F("tag__author_id")),
        _texts(keepsakes, "contact_id", "how_met", F("author_id")),
        _texts(Relative.objects.filter(**own), "contact_id", "name", F("author_id")),
        _texts(Relative.objects.filter(**own), "contact_id", "about", F("author_id")),
        _texts(Fact.objects.filter(**own), "contact_id", "text", F("author_id")),
        _texts(LifeEvent.objects.filter(**own), "contact_id", "title", F("author_id")),
        _texts(Job.objects.filter(**own), "contact_id", "company", F("author_id")),
        _texts(Job.objects.filter(**own), "contact_id", "title", F("author_id")),
        all=True,
    )
    for contact_id, author_id, text in rows:
        (card[contact_id] if author_id == _TEAM else known[contact_id, author_id]).append(text)
    return card, known


def _texts(rows: QuerySet[Any], contact: str, text: str, author: Any = None) -> Texts:
    """The texts in the column `text`, each with its contact and `author`, who alone finds it."""
    found = rows.filter(**{f"{text}__gt": ""}).order_by()
    whose = author or Value(_TEAM, output_field=BigIntegerField())
    return cast(Texts, found.annotate(whose=whose).values_list(contact, "whose", text))
