"""What was removed: thirty days in which it can come back, then gone for good, files included."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from django.db import IntegrityError, models, transaction
from django.db.models import CharField, Q, QuerySet, Value

from contacts.models import (
    Company,
    Contact,
    Detail,
    Fact,
    Job,
    LifeEvent,
    Note,
    Photo,
    Relative,
)
from contacts.models.base import TRASH_KEEPS
from contacts.models.contact import lock_contacts
from contacts.models.life_event import LOSSES
from contacts.notes import restore_note, trash_note
from contacts.photos import clear_files
from contacts.pieces import break_silence
from contacts.rows import say_event
from contacts.searching import index_contacts
from crm.models import User

type Piece = Detail | Relative | LifeEvent | Fact | Job
type Thing = Contact | Company | Note | Photo | Piece
# When it was removed, its kind and its key: where a page of the trash ends.
type Place = tuple[datetime, str, int]

# As they stand in addresses.
KINDS: dict[str, type[Thing]] = {
    "companies": Company,
    "contacts": Contact,
    "details": Detail,
    "facts": Fact,
    "jobs": Job,
    "life-events": LifeEvent,
    "notes": Note,
    "photos": Photo,
    "relatives": Relative,
}
_WORDS = {
    "companies": "Company",
    "contacts": "Person",
    "details": "Way to reach",
    "facts": "Fact",
    "jobs": "Former work",
    "life-events": "Life event",
    "notes": "Note",
    "photos": "Photo",
    "relatives": "Family",
}
AT_ONCE = 50


class AlreadyThere(Exception):
    """It cannot come back: another one stands in its place by now."""


def own(kind: str, user: User) -> QuerySet[Any]:
    """The things of `kind` that `user` may remove and bring back, whether removed or not.

    Pieces of a removed contact are not among them: they come back with the contact.
    """
    book = Contact.objects.kept_by(user)
    match kind:
        case "contacts":
            return book
        case "companies":
            return Company.objects.visible_to(user)
        case "notes":
            notes = Note.objects.visible_to(user).filter(author=user)
            return notes.prefetch_related("contacts")
        case "details":
            details = Detail.objects.visible_to(user).filter(contact__in=book.present())
            return details.select_related("contact")
        case "life-events":
            events = LifeEvent.objects.visible_to(user).select_related("contact", "relative")
            with_somebody = Q(relative=None) | Q(relative__trashed_at=None)
            return events.filter(with_somebody, contact__trashed_at=None)
    pieces: Any = {"facts": Fact, "jobs": Job, "photos": Photo, "relatives": Relative}[kind]
    rows: QuerySet[Any] = pieces.objects.visible_to(user)
    return rows.filter(contact__trashed_at=None).select_related("contact")


@transaction.atomic
def remove(thing: Thing, *, at: datetime) -> None:
    """Put `thing` in the trash, and with a relative what is dated in their life."""
    if isinstance(thing, Note):
        trash_note(thing, at=at)
        return
    thing.trash(at)
    if isinstance(thing, Relative):
        thing.life_events.present().update(trashed_at=at)
    if isinstance(thing, LifeEvent) and thing.kind in LOSSES:
        [contact] = lock_contacts([thing.contact_id])
        break_silence(contact, contact.keeper.today(at))
    _index(thing)


@transaction.atomic
def restore(thing: Thing) -> None:
    """Take `thing` out of the trash, and with a relative what was removed along with them.

    Raises `AlreadyThere`, and changes nothing, where something else has taken its place.
    """
    try:
        with transaction.atomic():
            _restore(thing)
    except IntegrityError as error:
        raise AlreadyThere from error


def _restore(thing: Thing) -> None:
    if isinstance(thing, Note):
        restore_note(thing)
        return
    if isinstance(thing, Relative):
        thing.life_events.filter(trashed_at=thing.trashed_at).update(trashed_at=None)
    thing.restore()
    _index(thing)


def _index(thing: Thing) -> None:
    if not isinstance(thing, Contact | Company | Note | Photo):
        index_contacts([thing.contact])


# --- Looking into it -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Removed:
    """One thing in the trash; `kind` as in `KINDS`."""

    kind: str
    thing: Thing
    removed_at: datetime

    @property
    def gone_at(self) -> datetime:
        """From when on it is gone for good."""
        return self.removed_at + TRASH_KEEPS

    @property
    def word(self) -> str:
        """What it is."""
        return _WORDS[self.kind]

    @property
    def text(self) -> str:
        """What it says; empty where that is only a picture."""
        match self.thing:
            case Note():
                return self.thing.text
            case Photo():
                return ""
            case LifeEvent():
                return say_event(self.thing)
        return str(self.thing)

    @property
    def contacts(self) -> list[Contact]:
        """Whom it is about, where it is not a person itself."""
        if isinstance(self.thing, Note):
            return list(self.thing.contacts.all())
        contact: Contact | None = getattr(self.thing, "contact", None)
        return [contact] if contact else []

    @property
    def place(self) -> Place:
        return self.removed_at, self.kind, self.thing.pk


def removed_by(user: User, *, after: Place | None = None) -> list[Removed]:
    """What `user` can bring back, latest first, `AT_ONCE` at a time; `after` is where to go on.

    One query finds what there is, one more for each kind among it reads it.
    """
    places = [_places(kind, user, after) for kind in KINDS]
    rows = places[0].union(*places[1:], all=True).order_by("-trashed_at", "what", "-pk")
    order = list(rows[:AT_ONCE])
    keys: dict[str, list[int]] = defaultdict(list)
    for _, kind, pk in order:
        keys[kind].append(pk)
    things = {kind: own(kind, user).in_bulk(pks) for kind, pks in keys.items()}
    return [Removed(kind, things[kind][pk], at) for at, kind, pk in order]


def _places(kind: str, user: User, after: Place | None) -> QuerySet[Any, Place]:
    rows = own(kind, user).filter(trashed_at__isnull=False).order_by()
    if after is not None:
        at, last_kind, last_pk = after
        earlier = Q(trashed_at__lt=at)
        if kind > last_kind:
            earlier |= Q(trashed_at=at)
        elif kind == last_kind:
            earlier |= Q(trashed_at=at, pk__lt=last_pk)
        rows = rows.filter(earlier)
    named = rows.annotate(what=Value(kind, output_field=CharField()))
    return cast(QuerySet[Any, Place], named.values_list("trashed_at", "what", "pk"))


# --- Emptying it -----------------------------------------------------------------------------


def purge(now: datetime) -> dict[str, int]:
    """Delete for good what has lain in the trash for thirty days; returns how many of each kind.

    With a contact goes all that hangs on it, promises too, and notes that were about nobody else.
    """
    purged = {"contacts": _purge_contacts(now), "photos": _purge_photos(now)}
    for kind in KINDS.keys() - purged.keys():
        purged[kind] = _purge_each(KINDS[kind], now)
    return purged


def _purge_each(model: type[Thing], now: datetime) -> int:
    things: Any = model._default_manager
    old = list(things.trashed_before(now))
    for thing in old:
        thing.delete()
    return len(old)


def _purge_photos(now: datetime) -> int:
    photos = list(Photo.objects.trashed_before(now))
    for photo in photos:
        with transaction.atomic():
            clear_files(photo)
            photo.delete()
    return len(photos)


def _purge_contacts(now: datetime) -> int:
    contacts = list(Contact.objects.trashed_before(now))
    for contact in contacts:
        _purge_contact(contact)
    return len(contacts)


@transaction.atomic
def _purge_contact(contact: Contact) -> None:
    notes = list(contact.notes.values_list("pk", flat=True))
    for photo in Photo.objects.filter(contact=contact):
        clear_files(photo)
    for relation in _what_holds_on(contact):
        rows = relation.related_model._base_manager.filter(**{relation.field.name: contact})
        rows.delete()
    contact.delete()
    Note.objects.filter(pk__in=notes, contacts=None).delete()


def _what_holds_on(contact: Contact) -> Iterable[Any]:
    """Relations whose rows would keep a contact from being deleted, whichever app they are in."""
    relations: Iterable[Any] = contact._meta.related_objects
    return [relation for relation in relations if relation.on_delete is models.PROTECT]
