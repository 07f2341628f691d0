"""Acts on the pieces of what is known of a contact, each in one transaction.

A piece that is new is added; one that is stored is changed if nobody else did meanwhile, else
`Conflict` is raised and nothing is written.
"""

from datetime import date, datetime

from django.db import transaction

from contacts.models import Contact, Detail, Fact, Job, LifeEvent, LifeEventKind, Relative
from contacts.models.contact import lock_contacts
from contacts.models.life_event import LOSSES
from contacts.partial_dates import PartialDate
from contacts.searching import index_contacts

type Piece = Detail | Relative | LifeEvent | Fact | Job

EVENT_COLUMNS = [
    *("relative", "kind", "title", "year", "month", "day"),
    *("yearly", "march_first", "happens_on", "wake_on"),
]


@transaction.atomic
def save_piece(piece: Detail | Fact | Job, *, seen: int, fields: list[str]) -> None:
    """Add `piece`, or write `fields` of it over the version `seen`."""
    contact = _lock(piece.contact)
    _save(piece, seen, fields)
    index_contacts([contact])


@transaction.atomic
def save_event(event: LifeEvent, *, seen: int, today: date) -> None:
    """Add or change a life event, and have the scheduler look at it from `today` on."""
    contact = _lock(event.contact)
    was_loss = LifeEvent.objects.filter(pk=event.pk, kind__in=LOSSES).exists()
    event.plan(today)
    _save(event, seen, EVENT_COLUMNS)
    if was_loss:
        break_silence(contact, today)
    index_contacts([contact])


def break_silence(contact: Contact, today: date) -> None:
    """A loss was corrected or taken back: what slept because of it comes up again."""
    contact.life_events.present().wake(today)
    contact.plan()
    contact.save(update_fields=Contact.PLANNED)


@transaction.atomic
def save_relative(
    relative: Relative,
    *,
    seen: int,
    born: PartialDate | None,
    march_first: bool = False,
    now: datetime,
) -> None:
    """Add or change a relative together with their birthday; without one, theirs is removed."""
    today = relative.author.today(now)
    contact = _lock(relative.contact)
    _save(relative, seen, ["relation", "name", "about"])
    stored = relative.life_events.present().birthdays().first()
    birthday = stored or LifeEvent(
        contact=relative.contact,
        author=relative.author,
        relative=relative,
        kind=LifeEventKind.BIRTHDAY,
        yearly=True,
        noted_on=today,
    )
    if born is not None:
        birthday.when, birthday.march_first = born, march_first
        birthday.plan(today)
        birthday.save()
    elif stored:
        stored.trash(now)
    index_contacts([contact])


def _lock(contact: Contact) -> Contact:
    """Writers of one contact wait for each other: what search reads is written by one at a time."""
    return lock_contacts([contact.pk])[0]


def _save(piece: Piece, seen: int, fields: list[str]) -> None:
    if piece._state.adding:
        piece.save()
    else:
        piece.save_over(seen, fields=fields)
