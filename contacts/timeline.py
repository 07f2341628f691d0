"""What was said with a contact, newest first, a page at a time."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from django.db.models import Prefetch, Q, QuerySet
from django.utils.safestring import SafeString

from contacts.models import Contact, Note
from contacts.rendering import render_note
from crm.models import User

PAGE = 20


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page of the timeline ends: nothing on the next one is later."""

    at: datetime
    pk: int

    @classmethod
    def parse(cls, text: str) -> "Place | None":
        """A place as `str` writes it; None for anything else."""
        at, _, pk = text.rpartition("_")
        try:
            place = cls(datetime.fromisoformat(at), int(pk))
        except (ValueError, OverflowError):
            return None
        is_one = place.at.utcoffset() is not None and 0 < place.pk < 2**63
        # Beyond these, it is no date in some time zone.
        return place if is_one and 1 < place.at.year < 9999 else None

    def __str__(self) -> str:
        return f"{self.at.isoformat()}_{self.pk}"

    @property
    def link(self) -> str:
        """As it stands in an address."""
        return quote(str(self))


@dataclass(frozen=True, slots=True)
class Entry:
    """One note as it is shown; `others` were there, too, `year` is a new one down the page."""

    note: Note
    html: SafeString
    others: list[Contact]
    is_own: bool
    year: int | None = None


@dataclass(frozen=True, slots=True)
class Timeline:
    """A page of entries; `rest` is where the next one begins, None after the last."""

    entries: list[Entry]
    rest: Place | None = None


def read(
    contact: Contact, viewer: User, *, today_year: int, after: Place | None = None
) -> Timeline:
    """The notes on `contact` that `viewer` may see, beyond `after`; two queries.

    A year is said where it differs from the one above it: at first from `today_year`.
    """
    rows = _notes(contact, viewer)
    if after is not None:
        rows = rows.filter(Q(at__lt=after.at) | Q(at=after.at, pk__lt=after.pk))
    notes = list(rows[: PAGE + 1])
    shown = notes[:PAGE]
    above = _year(after.at, viewer) if after else today_year
    rest = Place(shown[-1].at, shown[-1].pk) if len(notes) > PAGE else None
    return Timeline(_entries(shown, contact, viewer, above), rest)


def latest(contact: Contact, viewer: User, count: int) -> list[Note]:
    """The last notes on `contact` that `viewer` may see."""
    return list(_notes(contact, viewer)[:count])


def _notes(contact: Contact, viewer: User) -> QuerySet[Note]:
    people = Contact.objects.visible_to(viewer).present().in_order()
    notes = contact.notes.visible_to(viewer).present().latest_first()
    return notes.select_related("author").prefetch_related(Prefetch("contacts", people))


def _entries(notes: list[Note], contact: Contact, viewer: User, above: int) -> list[Entry]:
    entries = []
    for note in notes:
        year = _year(note.at, viewer)
        others = [each for each in note.contacts.all() if each.pk != contact.pk]
        entries.append(
            Entry(
                note=note,
                html=render_note(note.text),
                others=others,
                is_own=note.author_id == viewer.pk,
                year=year if year != above else None,
            )
        )
        above = year
    return entries


def _year(at: datetime, viewer: User) -> int:
    return viewer.today(at).year
