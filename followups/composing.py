"""The composer's act: a note, and the promises made in it, in one transaction."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from contacts.models import Contact, Note
from contacts.notes import write_note
from crm.models import User
from followups.models import Promise


@dataclass(frozen=True, slots=True)
class Said:
    """A promise made in the conversation: `made_by` me or them."""

    made_by: str
    text: str
    due_on: date | None


@transaction.atomic
def log_note(
    *,
    author: User,
    contacts: list[Contact],
    text: str,
    at: datetime,
    now: datetime,
    channel: str,
    feeling: str,
    private: bool,
    promises: Iterable[Said],
) -> Note:
    """Write a note with its promises, which are made to or by the first of `contacts`."""
    note = write_note(
        author=author,
        contacts=contacts,
        text=text,
        at=at,
        now=now,
        channel=channel,
        feeling=feeling,
        private=private,
    )
    for said in promises:
        Promise.make(
            contact=contacts[0],
            owner=author,
            text=said.text,
            at=now,
            made_by=said.made_by,
            due_on=said.due_on,
            note=note,
            made_on=author.today(at),
        )
    return note
