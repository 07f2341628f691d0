"""The composer's acts: a note with the promises made in it, and taking both back."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from contacts.folding import clean_text
from contacts.models import Began, Contact, Note
from contacts.notes import edit_note, restore_note, trash_note, write_note
from crm.models import User
from followups.models import Promise

# "Earlier today" is a few hours before the composer is sent: sent again, a moment later.
_SAME_TIME = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Said:
    """A promise made in the conversation: `made_by` me or them, to or by `contact`."""

    contact: Contact
    made_by: str
    text: str
    due_on: date | None
    sharing: str = Promise.Sharing.MANAGERS


@dataclass(frozen=True, slots=True)
class Told:
    """What the composer holds of the note itself."""

    contacts: list[Contact]
    text: str
    at: datetime
    channel: str
    feeling: str
    private: bool
    began: str = Began.ME

    def as_arguments(self) -> dict[str, Any]:
        """As `write_note` and `edit_note` take it."""
        return {field.name: getattr(self, field.name) for field in fields(self)}


def log_note(
    told: Told,
    *,
    author: User,
    now: datetime,
    promises: Iterable[Said] = (),
    key: UUID | None = None,
) -> Note:
    """Write a note with its promises, once however often the same composer is sent.

    A composer has a `key`. Sent again, its note is what was sent last: changed if that differs
    (its earlier text is kept), and back if it had been taken back.
    """
    try:
        return _write(told, author=author, now=now, promises=promises, key=key)
    except IntegrityError:
        if key is None or not Note.objects.filter(author=author, key=key).exists():
            raise
    return _send_again(key, told, author=author, now=now, promises=promises)


@transaction.atomic
def take_back(note: Note, *, by: User, at: datetime) -> None:
    """Undo a note just written: it is removed, and the promises made in it are released."""
    trash_note(note, at=at)
    for promise in note.promises.open().select_related("owner"):
        promise.release(by=by, at=at, comment="Taken back with its note.")


@transaction.atomic
def _write(
    told: Told, *, author: User, now: datetime, promises: Iterable[Said], key: UUID | None
) -> Note:
    note = write_note(author=author, now=now, key=key, **told.as_arguments())
    for said in promises:
        _promise(note, said, author=author, now=now)
    return note


@transaction.atomic
def _send_again(
    key: UUID, told: Told, *, author: User, now: datetime, promises: Iterable[Said]
) -> Note:
    note = Note.objects.select_for_update().get(author=author, key=key)
    if was_taken_back := note.is_trashed:
        restore_note(note)
    if _differs(note, told, now):
        edit_note(note, seen=note.version, now=now, **told.as_arguments())
    there = {promise.text: promise for promise in note.promises.select_related("owner")}
    for said in promises:
        promise = there.get(said.text)
        if promise is None:
            _promise(note, said, author=author, now=now)
            continue
        if promise.may_be_shared(said.sharing, author.today(now)):
            promise.share(said.sharing)
        if was_taken_back and promise.state == Promise.State.RELEASED:
            promise.reopen(by=author, at=now)
    return note


def _differs(note: Note, told: Told, now: datetime) -> bool:
    """Whether a composer sent again says something else; "now" is when it was sent first."""
    people = {contact.pk for contact in told.contacts}
    return (
        (told.at != now and abs(told.at - note.at) > _SAME_TIME)
        or (note.text, note.channel, note.began)
        != (clean_text(told.text), told.channel, told.began)
        or (note.feeling, note.private) != (told.feeling, told.private)
        or people != set(note.contacts.values_list("pk", flat=True))
    )


def _promise(note: Note, said: Said, *, author: User, now: datetime) -> None:
    Promise.make(
        contact=said.contact,
        owner=author,
        text=said.text,
        at=now,
        made_by=said.made_by,
        due_on=said.due_on,
        sharing=said.sharing,
        note=note,
        made_on=author.today(note.at),
    )
