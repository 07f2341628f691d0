"""Acts on notes: writing, editing and removing one, with all that hangs on it.

A note that is a touch moves the cadence of each contact, and answers what they had got in touch
for, in the same transaction.
"""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction

from contacts.folding import clean_text
from contacts.models import Began, Channel, Contact, Note, NoteRevision
from contacts.models.contact import lock_contacts
from contacts.models.note import TOUCHING
from contacts.searching import index_note
from crm.models import User

# Longer texts are refused with a sentence; a long meeting is some 10 kB.
MOST_TEXT = 100_000


@transaction.atomic(savepoint=False)
def write_note(
    *,
    author: User,
    contacts: Iterable[Contact],
    text: str,
    at: datetime,
    now: datetime,
    channel: str = Channel.MEETING,
    feeling: str = "",
    private: bool = True,
    began: str = Began.ME,
    key: UUID | None = None,
) -> Note:
    """Log what was said with `contacts` at the aware instant `at`.

    Raises `IntegrityError` where `author` has written a note under this `key` already.
    """
    people = lock_contacts({contact.pk for contact in contacts})
    note = Note(
        team_id=author.member.team_id,
        author=author,
        text=clean_text(text),
        at=at,
        channel=channel,
        feeling=feeling,
        private=private,
        began=began,
        is_touch=channel in TOUCHING,
        created_at=now,
        key=key,
    )
    note.answered_at = note.answered_in_it(now)
    note.save(force_insert=True)
    note.contacts.add(*people)
    _recount(note, people)
    index_note(note)
    return note


@transaction.atomic
def edit_note(
    note: Note,
    *,
    seen: int,
    contacts: Iterable[Contact],
    text: str,
    at: datetime,
    now: datetime,
    channel: str,
    feeling: str,
    private: bool,
    began: str,
) -> None:
    """Change a note, keeping its earlier text, and whomever it is about that is in the trash.

    Raises `Conflict`, and changes nothing, where the stored version is no longer `seen`.
    """
    before = Note.objects.select_for_update().get(pk=note.pk)
    affected = {c.pk for c in contacts} | set(note.contacts.values_list("pk", flat=True))
    people = lock_contacts(affected)
    note.text, note.at, note.channel = clean_text(text), at, channel
    note.feeling, note.private, note.is_touch = feeling, private, channel in TOUCHING
    note.began = began
    note.answered_at = note.answered_in_it(_written_at(before, now))
    fields = ["text", "at", "channel", "feeling", "private", "is_touch", "began", "answered_at"]
    if note.text != before.text:
        NoteRevision.objects.create(note=note, text=before.text, until=now)
        note.edited_at = now
        fields.append("edited_at")
    note.save_over(seen, fields=fields)
    in_the_trash = note.contacts.exclude(trashed_at=None)
    note.contacts.set([*contacts, *in_the_trash])
    _recount(note, people)
    index_note(note)


@transaction.atomic
def trash_note(note: Note, *, at: datetime) -> None:
    """Remove a note for thirty days; the cadence goes by the touches that are left."""
    note.trash(at)
    _recount(note, lock_contacts(note.contacts.values_list("pk", flat=True)))
    index_note(note)


@transaction.atomic
def restore_note(note: Note) -> None:
    """Bring a removed note back, and its touch with it."""
    note.restore()
    _recount(note, lock_contacts(note.contacts.values_list("pk", flat=True)))
    index_note(note)


def _written_at(before: Note, now: datetime) -> datetime:
    """When it was written that the note answers them: `now`, unless it said so `before`."""
    said_so = before.began == Began.ANSWERED and before.answered_at
    return said_so or now


def _recount(note: Note, contacts: list[Contact]) -> None:
    """A touch counts for who keeps the contact: a colleague's note moves nothing of theirs."""
    for contact in contacts:
        if contact.keeper_id == note.author_id:
            contact.recount_touches()
    Note.objects.filter(author=note.author_id, contacts__in=contacts).recount_answers()
