"""Replies of which nobody knows whom they are about: their user says it, or leaves them out."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction

from contacts.models import Note
from crm.models import User
from followups.composing import Said, Told, log_note
from followups.models import InboundMail


class PlacedAlready(Exception):
    """The words have found their place, or were left out, in another window; nothing is written."""


def count_unplaced(user: User) -> int:
    """How many of `user`'s replies wait for a word about whom they are."""
    if not settings.REPLY_DOMAIN:
        return 0
    return InboundMail.objects.visible_to(user).unplaced().count()


@transaction.atomic
def place(
    mail: InboundMail, told: Told, *, now: datetime, promises: Iterable[Said], key: UUID | None
) -> Note:
    """Note the words where their user says that they belong; once, however often that is sent.

    Raises `PlacedAlready` where another composer was quicker.
    """
    mails = InboundMail.objects.select_related("user__member__team")
    mail = mails.select_for_update(of=("self",)).get(pk=mail.pk)
    is_sent_again = key is not None and mail.notes.filter(key=key).exists()
    if not mail.is_unplaced and not is_sent_again:
        raise PlacedAlready
    note = log_note(told, author=mail.user, now=now, promises=promises, key=key)
    mail.notes.add(note)
    mail.outcome, mail.words = InboundMail.Outcome.NOTED, ""
    mail.save(update_fields=["outcome", "words"])
    return note


def leave_out(mail: InboundMail) -> None:
    """The words are not wanted; they are kept, to be put back."""
    InboundMail.objects.unplaced().filter(pk=mail.pk).update(outcome=InboundMail.Outcome.LEFT_OUT)


def put_back(mail: InboundMail) -> None:
    """Take that back."""
    left_out = InboundMail.objects.filter(pk=mail.pk, outcome=InboundMail.Outcome.LEFT_OUT)
    left_out.update(outcome=InboundMail.Outcome.NOBODY)
