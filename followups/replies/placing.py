"""Replies of which nobody knows whom they are about: their user says it, or leaves them out."""

from django.conf import settings
from django.db import transaction

from contacts.models import Note
from crm.models import User
from followups.models import InboundMail


def count_unplaced(user: User) -> int:
    """How many of `user`'s replies wait for a word about whom they are."""
    if not settings.REPLY_DOMAIN:
        return 0
    return InboundMail.objects.visible_to(user).unplaced().count()


@transaction.atomic
def place(mail: InboundMail, note: Note) -> None:
    """Its user has said whom the words were about, in `note`."""
    mail.notes.add(note)
    mail.outcome, mail.words = InboundMail.Outcome.NOTED, ""
    mail.save(update_fields=["outcome", "words"])


def leave_out(mail: InboundMail) -> None:
    """The words are not wanted; they are kept, to be put back."""
    InboundMail.objects.unplaced().filter(pk=mail.pk).update(outcome=InboundMail.Outcome.LEFT_OUT)


def put_back(mail: InboundMail) -> None:
    """Take that back."""
    left_out = InboundMail.objects.filter(pk=mail.pk, outcome=InboundMail.Outcome.LEFT_OUT)
    left_out.update(outcome=InboundMail.Outcome.NOBODY)
